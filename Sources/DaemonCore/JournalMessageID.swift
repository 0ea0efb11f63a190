/// Names of the kinds of journal entries, for `MESSAGE_ID`; they never change.
enum JournalMessageID {
    /// The emotion of an utterance.
    static let utterance = "af7696288a494211933c703561a07047"
    /// The mood over many utterances.
    static let mood = "0f436662cf4f4ee2b6f12e356bdb5d7f"
    /// A fact of the state changed.
    static let state = "d87ee971f1af4895b7174a5aa9fa043b"
    /// Something happened to a model.
    static let model = "dd004507b57c45728fa093bcd12b0f79"
}
