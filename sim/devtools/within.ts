/** Waiting with a limit: every wait on another process ends with a reason. */

/** Something about `devs devtools` went wrong; the message says what to do. */
export class DevtoolsError extends Error {
    override name = "DevtoolsError"
}

/**
 * Waits for `work`.
 *
 * @param limitMs longest wait, ms
 * @param what what is said when the limit passes
 * @param signal ends the wait early
 * @throws DevtoolsError after the limit; the signal's reason when it is aborted; what `work` throws
 */
export async function within<T>(
    work: Promise<T>,
    limitMs: number,
    what: string,
    signal?: AbortSignal
): Promise<T> {
    let stop = (): void => undefined
    const end = new Promise<never>((_resolve, reject) => {
        const timer = setTimeout(() => reject(new DevtoolsError(what)), limitMs)
        const abort = () => reject(signal?.reason as Error)
        signal?.addEventListener("abort", abort)
        stop = () => {
            clearTimeout(timer)
            signal?.removeEventListener("abort", abort)
        }
        if (signal?.aborted === true) abort()
    })
    try {
        return await Promise.race([work, end])
    } finally {
        stop()
    }
}
