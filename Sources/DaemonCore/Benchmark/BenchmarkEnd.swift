/// The end of an utterance: its cost and its length belong together.
package struct BenchmarkEnd: Equatable {
    /// From the samples that end it to the line of its event.
    package var nanoseconds: UInt64
    /// How long it was; 0 for none.
    package var utteranceMicroseconds: UInt64

    /// An end; of no utterance, if nothing else is said.
    package init(nanoseconds: UInt64 = 0, utteranceMicroseconds: UInt64 = 0) {
        self.nanoseconds = nanoseconds
        self.utteranceMicroseconds = utteranceMicroseconds
    }

    /// The one of median cost.
    ///
    /// - Precondition: there is one.
    package static func median(of ends: [BenchmarkEnd]) -> BenchmarkEnd {
        ends.sorted { $0.nanoseconds < $1.nanoseconds }[ends.count / 2]
    }
}
