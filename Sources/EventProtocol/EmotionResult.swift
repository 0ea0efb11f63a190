/// One answer of the network: a label, or `unknown`, with everything it rests on.
public struct EmotionResult: Equatable, Sendable {
    /// What stands in the place of a label when the network is not sure enough.
    public static let unknown = "unknown"

    /// The probability of one label.
    public struct Probability: Equatable, Sendable {
        /// The label, as in the manifest of the model.
        public var label: String
        /// Its probability in per mille, 0 … 1000.
        public var permille: Int

        /// Makes a pair.
        public init(label: String, permille: Int) {
            self.label = label
            self.permille = permille
        }
    }

    /// The likeliest label, or `unknown`.
    public var label: String
    /// All labels in the order of the model; the per milles sum to 1000.
    public var probabilities: [Probability]
    /// Loudness of the speech in tenths of dBFS, −1200 … 0: −235 is −23.5 dBFS.
    public var levelDecibelTenths: Int
    /// Microseconds of audio that had arrived after the end of what is classified.
    public var ageMicroseconds: UInt64
    /// Microseconds of audio that are classified.
    public var durationMicroseconds: UInt64

    /// Makes a result.
    public init(
        label: String,
        probabilities: [Probability],
        levelDecibelTenths: Int,
        ageMicroseconds: UInt64,
        durationMicroseconds: UInt64
    ) {
        self.label = label
        self.probabilities = probabilities
        self.levelDecibelTenths = levelDecibelTenths
        self.ageMicroseconds = ageMicroseconds
        self.durationMicroseconds = durationMicroseconds
    }

    /// Per mille of the likeliest label, also when the answer is `unknown`.
    public var confidencePermille: Int {
        probabilities.map(\.permille).max() ?? 0
    }
}
