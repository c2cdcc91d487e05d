/** Ends the VM at once, from within. */
export class PowerLost extends Error {
    override name = "PowerLost"
}
