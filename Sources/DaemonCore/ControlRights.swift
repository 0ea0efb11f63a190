import Glibc
import SystemIntegration

/// Who may mute, hold and change models: root, the user that affectd runs as, and the members of a group.
///
/// The user that affectd runs as could stop the process anyway.
struct ControlRights {
    /// The group whose members may.
    let group: String

    /// Whether somebody may.
    func include(_ peer: PeerCredentials?) -> Bool {
        guard let peer else { return false }
        return peer.userID == 0 || peer.userID == geteuid() || peer.isMember(ofGroup: group)
    }
}
