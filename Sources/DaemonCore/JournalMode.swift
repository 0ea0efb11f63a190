/// What of the results goes into the journal; trouble is always written.
package enum JournalMode: String, Sendable {
    /// Utterances and moods whose label is another than in the last entry.
    case changes
    /// Every utterance and mood.
    case all
    /// No results.
    case off
}
