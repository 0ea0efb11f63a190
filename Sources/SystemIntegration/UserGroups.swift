import Glibc

/// Users and groups of the system.
public enum UserGroups {
    /// The name of the user of this process, or its number.
    public static var userName: String {
        // Sound: the record is valid until the next look-up; one thread alone looks up.
        guard let record = unsafe getpwuid(geteuid()), let name = unsafe record.pointee.pw_name
        else { return "\(geteuid())" }
        return unsafe String(cString: name)
    }

    /// Whether this process is root.
    public static var isRoot: Bool { geteuid() == 0 }

    /// Whether a group of this name exists.
    public static func exists(group name: String) -> Bool {
        unsafe getgrnam(name) != nil
    }

    /// Whether this process is in a group of this name.
    public static func isMember(ofGroup name: String) -> Bool {
        // Sound: as above.
        guard let group = unsafe getgrnam(name) else { return false }
        let number = unsafe group.pointee.gr_gid
        if number == getegid() { return true }
        var groups = [gid_t](repeating: 0, count: 65_536)
        // Sound: the kernel writes at most as many as there is room for.
        let count = unsafe getgroups(Int32(groups.count), &groups)
        return groups.prefix(Int(max(0, count))).contains(number)
    }

    /// The users whom the system's files make members of a group beside its primary ones.
    public static func members(ofGroup name: String) -> [String] {
        // Sound: the record is valid until the next look-up; its list ends with nil.
        guard let group = unsafe getgrnam(name), var member = unsafe group.pointee.gr_mem else {
            return []
        }
        var names: [String] = []
        while let text = unsafe member.pointee {
            unsafe names.append(String(cString: text))
            unsafe member += 1
        }
        return names
    }
}
