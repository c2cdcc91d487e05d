/**
 * The QoS 1 messages that were sent and not acknowledged yet, in the order in
 * which they were sent: a bounded ring, allocated once. Acknowledgements may
 * come in any order; messages leave in the order in which they came. Portable.
 */
export class InFlightWindow<T> {
    /** Messages inside, acknowledged ones that wait for an older one included. */
    count = 0
    /** Messages that an acknowledgement is awaited for. */
    open = 0

    private readonly items: T[] = []
    private readonly ids: number[] = []
    private readonly isOpen: boolean[] = []
    private head = 0
    private lastId = 0

    /** @param size messages, ≥ 1 */
    constructor(readonly size: number) {
        for (let i = 0; i < size; i++) {
            this.items.push(undefined as T)
            this.ids.push(0)
            this.isOpen.push(false)
        }
    }

    /** Whether one more may be sent. */
    hasRoom(): boolean {
        return this.count < this.size
    }

    /** @returns a packet id that is not in use: 1 … 65,535 in turn [MQTT-2.3.1-2] */
    takeId(): number {
        for (;;) {
            this.lastId = this.lastId === 65535 ? 1 : this.lastId + 1
            if (this.find(this.lastId) < 0) return this.lastId
        }
    }

    /** Appends a message; {@link hasRoom} must hold. @returns its packet id */
    add(item: T): number {
        const id = this.takeId()
        const at = this.place(this.count)
        this.items[at] = item
        this.ids[at] = id
        this.isOpen[at] = true
        this.count++
        this.open++
        return id
    }

    /** Takes an acknowledgement. @returns false for an id that none is awaited for */
    acknowledge(id: number): boolean {
        if (!this.isAwaited(id)) return false
        this.isOpen[this.find(id)] = false
        this.open--
        return true
    }

    /** Whether an acknowledgement with this id is awaited. */
    isAwaited(id: number): boolean {
        const at = this.find(id)
        return at >= 0 && this.isOpen[at]
    }

    /** Takes a message as acknowledged that cannot be sent again; {@link takeDone} gives undefined. */
    forget(id: number): void {
        this.items[this.find(id)] = undefined as T
        this.acknowledge(id)
    }

    /** Packet id of the n-th oldest message when its acknowledgement is awaited, else 0. */
    openId(n: number): number {
        const at = this.place(n)
        return this.isOpen[at] ? this.ids[at] : 0
    }

    /** The n-th oldest message. */
    item(n: number): T {
        return this.items[this.place(n)]
    }

    /** Whether {@link takeDone} has something to give. */
    isOldestDone(): boolean {
        return this.count > 0 && !this.isOpen[this.head]
    }

    /** Removes the oldest message, once it is acknowledged. */
    takeDone(): T {
        const item = this.items[this.head]
        this.items[this.head] = undefined as T
        this.head = this.place(1)
        this.count--
        return item
    }

    /** @returns where the message with this id is, or −1 */
    private find(id: number): number {
        for (let n = 0; n < this.count; n++) {
            const at = this.place(n)
            if (this.ids[at] === id) return at
        }
        return -1
    }

    private place(n: number): number {
        const at = this.head + n
        return at >= this.size ? at - this.size : at
    }
}
