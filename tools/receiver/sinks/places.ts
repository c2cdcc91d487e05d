/** Where nodes are and what they stand for: what no node says, and some forms want to have. */

export interface Place {
    /** Longitude and latitude, WGS 84. */
    readonly coordinates?: readonly number[] | undefined
    /** For people. */
    readonly name?: string | undefined
    /** Type of the Smart Data Models. */
    readonly type?: string | undefined
}

/** By "site/node". */
export type Places = ReadonlyMap<string, Place>
