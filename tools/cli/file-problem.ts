/** What went wrong with a file or folder of the user's, in words. */

const PROBLEMS: Readonly<Record<string, string>> = {
    ENOENT: "no such file or folder",
    ENOTDIR: "a part of this path is no folder",
    EISDIR: "this is a folder",
    EEXIST: "there is something already",
    EACCES: "no permission",
    EPERM: "no permission",
    EROFS: "this disk is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk is full",
    EFBIG: "the system allows no longer file",
}

export function fileProblem(e: unknown): string {
    const { code, message } = e as NodeJS.ErrnoException
    return PROBLEMS[code ?? ""] ?? `cannot be read or written (${code ?? message})`
}

/** Whether the system refuses to read or write there, whatever the program does. */
export function isRefusedBySystem(e: unknown): e is NodeJS.ErrnoException {
    const { code, syscall } = e as NodeJS.ErrnoException
    return (
        syscall !== undefined &&
        ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"].includes(code ?? "")
    )
}
