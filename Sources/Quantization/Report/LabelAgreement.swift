/// How often two models give the same label.
public struct LabelAgreement: Equatable, Sendable {
    /// Clips on which they agree.
    public private(set) var agreed = 0
    /// All clips.
    public private(set) var count = 0

    /// Makes an empty count.
    public init() {}

    mutating func add(_ isAgreed: Bool) {
        count += 1
        if isAgreed { agreed += 1 }
    }

    /// Share of clips on which they agree; 1 if there are none.
    public var rate: Double { count == 0 ? 1 : Double(agreed) / Double(count) }
}
