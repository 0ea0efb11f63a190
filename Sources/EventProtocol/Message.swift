/// An event as it goes over the wire: numbered, dated, and with the state at that moment.
public struct Message: Equatable, Sendable {
    /// Counts the messages of one run from 1; a gap means that something was missed.
    public var sequence: UInt64
    /// When it happened.
    public var time: EventTime
    /// What happened.
    public var event: Event
    /// What was true then; a file has no state.
    public var state: StateSnapshot?

    /// Makes a message.
    public init(sequence: UInt64, time: EventTime, event: Event, state: StateSnapshot? = nil) {
        self.sequence = sequence
        self.time = time
        self.event = event
        self.state = state
    }
}
