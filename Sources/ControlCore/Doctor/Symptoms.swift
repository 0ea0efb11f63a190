import DaemonConfiguration
import EventProtocol
import JSONText
import SystemIntegration
import Varlink

/// What `affectctl doctor` found on this machine, before it is judged.
package struct Symptoms {
    /// The user who asks.
    package var user = "somebody"
    /// Whether that is root.
    package var isRoot = false
    /// The groups of affectd that exist.
    package var existingGroups: Set<String> = []
    /// Those the user is in, `systemd-journal` and `adm` among them.
    package var ownGroups: Set<String> = []
    /// Whether the daemon's user may open sound cards; `nil` when there is no such user's group.
    package var daemonIsInAudio: Bool?
    /// The socket that was tried.
    package var socket = ""
    /// Why the daemon did not answer; `nil` when it did.
    package var failure: ControlError?
    /// What the daemon says is true.
    package var state: StateSnapshot?
    /// What it says of itself.
    package var information = JSONObject()
    /// Its counts.
    package var statistics = JSONObject()
    /// Who has sound cards open, as the kernel tells it.
    package var holders: [CaptureHolder] = []
    /// The cards that the kernel knows.
    package var cards: [String] = []
    /// What is wrong with the configuration file.
    package var configurationError: String?
    /// The clock of the board, seconds since 1970.
    package var wallClockSeconds: UInt64 = 0
    /// Whether the journal takes entries.
    package var hasJournal = false
    /// Whether the journal survives a restart of the machine.
    package var isJournalKept = false

    package init() {}

    /// Looks at this machine.
    init(socket: String) {
        self.socket = socket
        user = UserGroups.userName
        isRoot = UserGroups.isRoot
        existingGroups = Set(Self.groups.filter { UserGroups.exists(group: $0) })
        ownGroups = Set(
            (Self.groups + ["systemd-journal", "adm"]).filter { UserGroups.isMember(ofGroup: $0) }
        )
        if UserGroups.exists(group: "audio") {
            daemonIsInAudio = UserGroups.members(ofGroup: "audio").contains("affectd")
        }
        holders = CaptureHolder.all()
        cards = Directory.names(in: "/proc/asound").filter {
            $0.hasPrefix("card") && $0.dropFirst(4).allSatisfy(\.isNumber) && $0 != "cards"
        }
        wallClockSeconds = Clock.wallClockMicroseconds / 1_000_000
        hasJournal = !Directory.names(in: "/run/systemd/journal").isEmpty
        isJournalKept = !Directory.names(in: "/var/log/journal").isEmpty
        do throws(ControlError) {
            _ = try CheckConfigurationCommand.read(nil)
        } catch {
            configurationError = error.description
        }
        do throws(ControlError) {
            try ask(DaemonConnection(socket: socket))
        } catch {
            failure = error
        }
    }

    /// The groups of affectd.
    static let groups = ["affect", "affect-admin"]

    private mutating func ask(_ connection: DaemonConnection) throws(ControlError) {
        let reply = try connection.call(.getState)
        do throws(JSONError) {
            state = try StateSnapshot(JSONCursor(.object(reply)).member("state"))
        } catch {
            throw ControlError(error, method: .getState)
        }
        information = try connection.call(.getInfo)
        statistics = try connection.call(.getStats)
    }
}
