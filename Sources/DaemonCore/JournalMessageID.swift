/// The kinds of journal entries; the raw value goes into `MESSAGE_ID` and never changes.
///
/// `systemd/affectd.catalog` explains each of them to `journalctl -x`.
package enum JournalMessageID: String, CaseIterable, Sendable {
    /// The emotion of an utterance.
    case utterance = "af7696288a494211933c703561a07047"
    /// The mood over many utterances.
    case mood = "0f436662cf4f4ee2b6f12e356bdb5d7f"
    /// Another fact of the state changed.
    case state = "d87ee971f1af4895b7174a5aa9fa043b"
    /// The microphone runs.
    case microphoneRuns = "e1aafb0e38c94b0b907a4cdbe066002c"
    /// There is no microphone.
    case microphoneMissing = "74affd69331c457b8dd9a484faf827ed"
    /// Somebody else has the microphone.
    case microphoneBusy = "6cd0fd9295ab4e60b79a3cd107e55b17"
    /// The microphone delivers nothing.
    case microphoneStalled = "c29abf72ba364d4f92ffc7a9c1d99946"
    /// Samples were lost.
    case overrun = "85cb30588e064fecb38ba58fba746218"
    /// The microphone is muted.
    case muted = "86ded728396443b18d9fae4226b0fb77"
    /// The microphone is no longer muted.
    case unmuted = "59560b7364cc4ba3bc9e30a40ed98924"
    /// What is heard is ignored for a time, or no longer.
    case held = "e45dabc1914d4b1a9a9167707b319c64"
    /// The configuration was read again.
    case reloaded = "5dddd2483b1d43cfad915ddcc32b07ca"
    /// Something works less well than it should.
    case degraded = "4ccff150085742a0b62658223ae67a61"
    /// Somebody may not do what was asked for.
    case denied = "27b47d2a410d49f78e2bb9f84349a1ec"
    /// A client did not read and is sent off.
    case clientTooSlow = "552633c518bf4c8d9bcfe9ca2d8c71fa"
    /// The way from the microphone to the recogniser is blocked; the watchdog will restart the daemon.
    case wedged = "04ed651119784a12bef522e3b1c08a68"
    /// A model has come and is being checked.
    case modelOffered = "aead672a61e34a829a735c2f3f7c1aed"
    /// A model has passed all checks.
    case modelVerified = "542c56235d444115b1b68e1e2caa48d3"
    /// A model has served its probation.
    case modelCommitted = "e8666e19eefd4076ba90248bcdbe0014"
    /// A model was taken back.
    case modelRolledBack = "8338b755c1e64b20ac540fef3b017412"
    /// A model could not be taken back.
    case modelRollbackFailed = "cc776bb9d051438fb7147b70c17bf2dd"
    /// A model is not accepted.
    case modelRejected = "57c47238626c43309eccba1b424828b5"
    /// A model answers from here on.
    case modelActivated = "dd004507b57c45728fa093bcd12b0f79"
}
