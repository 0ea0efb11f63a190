import Glibc

/// Who is at the other end of a Unix socket, as the kernel noted when the connection was made.
public struct PeerCredentials: Equatable, Sendable, CustomStringConvertible {
    /// The process that connected.
    public let processID: Int32
    /// Its effective user.
    public let userID: UInt32
    /// Its groups: the primary one and the others.
    public let groupIDs: [UInt32]

    package init(processID: Int32, userID: UInt32, groupIDs: [UInt32]) {
        self.processID = processID
        self.userID = userID
        self.groupIDs = groupIDs
    }

    /// The same on x86, ARM and RISC-V; glibc's header is not seen from Swift.
    private static let peerGroupsOption: Int32 = 59

    /// Asks the kernel.
    ///
    /// - Throws: `SystemIntegrationError.call` when the descriptor is no Unix socket.
    public init(of socket: borrowing FileDescriptor) throws(SystemIntegrationError) {
        let descriptor = socket.rawValue
        // `struct ucred`: process, user, primary group.
        var credentials: [UInt32] = [0, 0, 0]
        var length = socklen_t(credentials.count * MemoryLayout<UInt32>.size)
        try systemCall("SO_PEERCRED") {
            // Sound: the kernel writes at most `length` bytes, the size of the array.
            unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        }
        processID = Int32(bitPattern: credentials[0])
        userID = credentials[1]
        // Linux has a limit of 65,536 groups; most have a few.
        var groups = [UInt32](repeating: 0, count: 64)
        do throws(SystemIntegrationError) {
            groups = try Self.groups(descriptor, room: groups.count)
        } catch .call(_, _, ERANGE) {
            groups = try Self.groups(descriptor, room: 65_536)
        }
        groupIDs = [credentials[2]] + groups.filter { $0 != credentials[2] }
    }

    private static func groups(
        _ descriptor: Int32,
        room: Int
    ) throws(SystemIntegrationError) -> [UInt32] {
        var groups = [UInt32](repeating: 0, count: room)
        var length = socklen_t(room * MemoryLayout<UInt32>.size)
        try systemCall("SO_PEERGROUPS") {
            // Sound: as above.
            unsafe getsockopt(descriptor, SOL_SOCKET, peerGroupsOption, &groups, &length)
        }
        return Array(groups.prefix(Int(length) / MemoryLayout<UInt32>.size))
    }

    /// Whether the peer is a member of a group, by its name.
    public func isMember(ofGroup name: String) -> Bool {
        // Sound: the record is valid until the next look-up; one thread alone looks up.
        guard let group = unsafe getgrnam(name) else { return false }
        return groupIDs.contains(unsafe group.pointee.gr_gid)
    }

    /// The user's name, or the number of a user without one.
    public var userName: String {
        // Sound: as above.
        guard let record = unsafe getpwuid(userID), let name = unsafe record.pointee.pw_name else {
            return "\(userID)"
        }
        return unsafe String(cString: name)
    }

    /// The name of its primary group, or the number of a group without one.
    public var groupName: String {
        guard let group = groupIDs.first else { return "" }
        // Sound: as above.
        guard let record = unsafe getgrgid(group), let name = unsafe record.pointee.gr_name else {
            return "\(group)"
        }
        return unsafe String(cString: name)
    }

    /// In words.
    public var description: String { "user \(userName), group \(groupName), process \(processID)" }
}
