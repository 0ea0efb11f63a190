import SystemIntegration

/// Files that nobody but root can have put where they are.
///
/// Every folder on the way, the file itself and every symbolic link between must belong to root, and
/// nobody else may write them.
public struct TrustedPlace: Sendable {
    private static let linkLimit = 40

    private let owner: UInt32
    private let top: String

    /// - Parameters:
    ///   - owner: the number of the user who is trusted.
    ///   - top: the folder at which to begin; what stands above is not looked at.
    public init(owner: UInt32 = 0, below top: String = "/") {
        self.owner = owner
        self.top = top
    }

    /// Why a path is not in a trusted place, in words; `nil` when it is.
    public func objection(to path: String) -> String? {
        let prefix = top == "/" ? "" : top
        guard path.hasPrefix(prefix + "/") else { return "\(path) is not below \(top)" }
        var rest = Self.components(path.dropFirst(prefix.count))
        var done: [String] = []
        var links = 0
        if let objection = objection(prefix.isEmpty ? "/" : prefix, isLink: false) {
            return objection
        }
        while let name = rest.popLast() {
            if name == ".." {
                if done.popLast() == nil && !prefix.isEmpty {
                    return "\(path) leads out of \(top)"
                }
                continue
            }
            let current = prefix + "/" + (done + [name]).joined(separator: "/")
            do throws(SystemIntegrationError) {
                let isLink = try FileStatus(of: current).kind == .link
                if let objection = objection(current, isLink: isLink) { return objection }
                guard isLink else {
                    done.append(name)
                    continue
                }
                links += 1
                let target = try Directory.target(ofLink: current)
                guard links <= Self.linkLimit else { return "\(path) follows too many links" }
                if target.hasPrefix("/") {
                    guard prefix.isEmpty else { return "\(current) leads out of \(top)" }
                    done = []
                }
                rest += Self.components(target[...])
            } catch {
                return "\(error)"
            }
        }
        return nil
    }

    /// The last one first.
    private static func components(_ path: Substring) -> [String] {
        path.split(separator: "/").filter { $0 != "." }.map(String.init).reversed()
    }

    private func objection(_ path: String, isLink: Bool) -> String? {
        do throws(SystemIntegrationError) {
            let status = try FileStatus(of: path)
            guard status.owner == owner else {
                return "\(path) belongs to user \(status.owner), expected user \(owner)"
            }
            // The mode of a link says nothing: who may replace it is up to its folder.
            return !isLink && status.isWritableByOthers
                ? "\(path) may be written by others than its owner" : nil
        } catch {
            return "\(error)"
        }
    }
}
