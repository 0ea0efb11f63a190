import ModelDescription
import Recognition

/// Watches a new model: what it has done, and whether it is broken.
///
/// One label for weeks is a calm household and no fault; the same logits for other sound are one.
package struct ProbationMonitor: Equatable {
    /// What a new model must do, and what it may use.
    package struct Limits: Equatable {
        /// Utterances until it is committed.
        package var utterances: Int
        /// Seconds of listening until it is committed.
        package var listeningSeconds: Int
        /// Microseconds of the processor for one answer; twice as much is a fault.
        package var inferenceMicroseconds: UInt64

        /// Makes limits.
        package init(utterances: Int, listeningSeconds: Int, inferenceMicroseconds: UInt64) {
            self.utterances = utterances
            self.listeningSeconds = listeningSeconds
            self.inferenceMicroseconds = inferenceMicroseconds
        }
    }

    /// Utterances over which logits are judged.
    package static let judgedUtterances = 20
    /// Logits in per cent that may lie at the rails of the format.
    static let railPercent = 95

    package var limits: Limits
    /// Utterances that it has answered.
    package private(set) var utterances: Int
    /// Microseconds for which it has listened.
    package private(set) var listeningMicroseconds: UInt64

    private let labelCount: Int
    private let rails: [Int8]
    /// The last answer that differed from the one before it in what was heard.
    private var lastLogits: [Int8] = []
    private var lastFingerprint: UInt64?
    /// Utterances in a row that were heard differently and answered with the same logits.
    private var sameCount = 0
    /// For the last utterances, how many logits lie at the rails.
    private var atRails: [Int] = []

    /// Begins, or goes on with what was counted before a restart.
    package init(
        _ manifest: ModelManifest,
        limits: Limits,
        utterances: Int = 0,
        listeningSeconds: Int = 0
    ) {
        self.limits = limits
        self.utterances = utterances
        listeningMicroseconds = UInt64(listeningSeconds) * 1_000_000
        labelCount = manifest.labels.count
        let output = manifest.graph.nodes.last?.output
        rails = [
            Int8(clamping: output?.minimum ?? -128), Int8(clamping: output?.maximum ?? 127),
        ]
    }

    /// Whether it has done all that it must.
    package var isOver: Bool {
        utterances >= limits.utterances && listeningSeconds >= limits.listeningSeconds
    }

    /// Whole seconds for which it has listened.
    package var listeningSeconds: Int { Int(listeningMicroseconds / 1_000_000) }

    /// Counts sound that it has heard.
    package mutating func listen(microseconds: UInt64) {
        listeningMicroseconds += microseconds
    }

    /// Judges the time of the processor that answers took.
    ///
    /// - Returns: what is wrong, in words.
    package func judge(answers: Int, processorMicroseconds: UInt64) -> String? {
        let each = processorMicroseconds / UInt64(max(1, answers))
        guard answers > 0, each > 2 * limits.inferenceMicroseconds else { return nil }
        return "an answer took \(each / 1000) ms of the processor, more than twice the"
            + " \(limits.inferenceMicroseconds / 1000) ms of models.inference_budget_milliseconds"
    }

    /// Counts the answer for an utterance, and judges it.
    ///
    /// - Returns: what is wrong, in words.
    package mutating func hear(_ answer: Answer) -> String? {
        hear(
            logits: (0..<labelCount).map { answer.logits[$0] },
            fingerprint: answer.fingerprint
        )
    }

    /// The same for the logits and the fingerprint of the features alone.
    package mutating func hear(logits: [Int8], fingerprint: UInt64) -> String? {
        utterances += 1
        if logits != lastLogits {
            sameCount = 1
        } else if fingerprint != lastFingerprint {
            sameCount += 1
        }
        lastLogits = logits
        lastFingerprint = fingerprint
        atRails.append(logits.filter { rails.contains($0) }.count)
        if atRails.count > Self.judgedUtterances { atRails.removeFirst() }
        if sameCount >= Self.judgedUtterances {
            return "\(sameCount) different utterances were answered with the same logits"
        }
        let count = atRails.reduce(0, +)
        let all = labelCount * Self.judgedUtterances
        guard atRails.count == Self.judgedUtterances, count * 100 >= all * Self.railPercent else {
            return nil
        }
        return "\(count) of \(all) logits of the last \(Self.judgedUtterances) utterances lie at"
            + " the limits of the format"
    }
}
