import SystemIntegration

/// A file system in memory that knows which changes a loss of power may take back.
///
/// Only what these rules promise counts as written:
/// - `fsync` of a file makes its content safe, and not its name;
/// - `fsync` of a folder makes the names in it safe, and not the content behind them;
/// - a rename within a folder is one change of names: both or none;
/// - all other changes may be there or not, each for itself and in any order, and an unsafe write may
///   be there in part, or as zeros of its length.
///
/// That is weaker than what ext4, btrfs, F2FS or UBIFS promise, so their states are among these.
struct DiskState {
    private enum Change {
        case link(folder: Int, name: String, file: Int)
        case unlink(folder: Int, name: String)
        case rename(folder: Int, name: String, newName: String, file: Int)
        case write(file: Int, offset: Int, data: [UInt8])
        case truncate(file: Int)
    }

    private enum Step {
        case change(Change)
        case synchronizeFile(Int)
        case synchronizeFolder(Int)
        case mark
    }

    private enum Node: Hashable {
        case file([UInt8])
        case folder([String: Int])
    }

    private var initial: [Node] = []
    private var steps: [Step] = []
    /// Why the calls cannot be understood.
    private(set) var objection: String?

    /// Reads a folder as it is before the calls, and then the calls.
    init(folder: String, calls: [DiskCall]) throws {
        _ = try read(folder)
        var nodes = initial
        for call in calls where call.result >= 0 {
            follow(call, folder, &nodes)
        }
    }

    private mutating func read(_ path: String) throws -> Int {
        let number = initial.count
        guard try FileStatus(of: path).kind == .folder else {
            initial.append(.file(try FileDescriptor.contents(ofFile: path, limit: 16 << 20)))
            return number
        }
        initial.append(.folder([:]))
        var names: [String: Int] = [:]
        for name in Directory.names(in: path) { names[name] = try read("\(path)/\(name)") }
        initial[number] = .folder(names)
        return number
    }

    // MARK: The calls

    /// Folder and name of a path, and what stands there, in the file system as the program sees it.
    private func find(
        _ path: String,
        _ root: String,
        _ nodes: [Node]
    ) -> (folder: Int, name: String, file: Int?) {
        var folder = 0
        var parts = path.dropFirst(root.count).split(separator: "/").map(String.init)
        guard let name = parts.popLast() else { return (0, "", 0) }
        for part in parts {
            guard case .folder(let names) = nodes[folder], let next = names[part] else {
                return (0, name, nil)
            }
            folder = next
        }
        guard case .folder(let names) = nodes[folder] else { return (0, name, nil) }
        return (folder, name, names[name])
    }

    private mutating func follow(_ call: DiskCall, _ root: String, _ nodes: inout [Node]) {
        let (folder, name, file) = find(call.path, root, nodes)
        var changes: [Change] = []
        switch (call.name, file) {
        case ("open", nil), ("mkdir", nil):
            nodes.append(call.name == "open" ? .file([]) : .folder([:]))
            initial.append(call.name == "open" ? .file([]) : .folder([:]))
            changes = [.link(folder: folder, name: name, file: nodes.count - 1)]
        case ("open", let file?):
            if call.number == 1 { changes = [.truncate(file: file)] }
        case ("write", let file?):
            changes = [.write(file: file, offset: call.number, data: call.data)]
        case ("unlink", _?): changes = [.unlink(folder: folder, name: name)]
        case ("rename", let file?):
            let target = find(call.newPath, root, nodes)
            if target.folder != folder { objection = "rename between folders: \(call.newPath)" }
            changes = [
                .rename(folder: folder, name: name, newName: target.name, file: file)
            ]
        case ("fsync", let file?):
            if case .file = nodes[file] {
                steps.append(.synchronizeFile(file))
            } else {
                steps.append(.synchronizeFolder(file))
            }
        case ("mark", _): steps.append(.mark)
        default: objection = "\(call.name) \(call.number) \(call.path)"
        }
        for change in changes {
            Self.apply(change, to: &nodes)
            steps.append(.change(change))
        }
    }

    private static func apply(_ change: Change, to nodes: inout [Node]) {
        switch change {
        case .link(let folder, let name, let file):
            edit(&nodes, folder) { $0[name] = file }
        case .unlink(let folder, let name):
            edit(&nodes, folder) { $0[name] = nil }
        case .rename(let folder, let name, let newName, let file):
            edit(&nodes, folder) {
                $0[name] = nil
                $0[newName] = file
            }
        case .write(let file, let offset, let data):
            guard case .file(var bytes) = nodes[file] else { return }
            let end = offset + data.count
            if bytes.count < end { bytes += Array(repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(offset..<end, with: data)
            nodes[file] = .file(bytes)
        case .truncate(let file):
            nodes[file] = .file([])
        }
    }

    private static func edit(
        _ nodes: inout [Node],
        _ folder: Int,
        _ body: (inout [String: Int]) -> Void
    ) {
        guard case .folder(var names) = nodes[folder] else { return }
        body(&names)
        nodes[folder] = .folder(names)
    }

    // MARK: The states

    /// How an unsafe change may be found after a loss of power.
    private static func fates(of change: Change) -> [Change?] {
        guard case .write(let file, let offset, let data) = change else { return [nil, change] }
        return [
            nil, change,
            .write(file: file, offset: offset, data: Array(data.prefix(data.count / 2))),
            .write(file: file, offset: offset, data: Array(repeating: 0, count: data.count)),
        ]
    }

    /// The number of calls and marks, in front of and after each of which the power may go.
    var stepCount: Int { steps.count }

    /// Calls with every state that a loss of power after the first `count` steps may leave, the number
    /// of marks before included; each state once.
    func forEachState(_ body: (_ marks: Int, _ files: [String: [UInt8]?]) throws -> Void) rethrows {
        var seen: Set<[String: [UInt8]?]> = []
        var seenMarks = -1
        for count in 0...steps.count {
            let prefix = steps[..<count]
            let marks = prefix.count { if case .mark = $0 { true } else { false } }
            // The same files may be right before a mark and wrong after it.
            if marks != seenMarks { seen = [] }
            seenMarks = marks
            try forEachOutcome(prefix) { nodes in
                var files: [String: [UInt8]?] = [:]
                Self.list(nodes, 0, "", &files)
                if seen.insert(files).inserted { try body(marks, files) }
            }
        }
    }

    /// Combinations of fates that are tried at most: whoever has more is far from safe.
    private static let combinationLimit = 1 << 16

    private func forEachOutcome(
        _ prefix: ArraySlice<Step>,
        _ body: ([Node]) throws -> Void
    ) rethrows {
        // Every change with its possible fates: one for those that are safe.
        var changes: [[Change?]] = []
        for (index, step) in prefix.enumerated() {
            guard case .change(let change) = step else { continue }
            let isSafe = prefix[(index + 1)...].contains { Self.makesSafe($0, change) }
            changes.append(isSafe ? [change] : Self.fates(of: change))
        }
        var choice = Array(repeating: 0, count: changes.count)
        for _ in 0..<Self.combinationLimit {
            var nodes = initial
            for (fates, index) in zip(changes, choice) {
                if let change = fates[index] { Self.apply(change, to: &nodes) }
            }
            try body(nodes)
            // The next combination, like a counter whose digits have different bases.
            var digit = 0
            while digit < choice.count, choice[digit] == changes[digit].count - 1 {
                choice[digit] = 0
                digit += 1
            }
            if digit == choice.count { return }
            choice[digit] += 1
        }
        preconditionFailure("more than \(Self.combinationLimit) states between two fsyncs")
    }

    private static func makesSafe(_ step: Step, _ change: Change) -> Bool {
        switch (step, change) {
        case (.synchronizeFile(let synchronized), .write(let file, _, _)),
            (.synchronizeFile(let synchronized), .truncate(let file)):
            synchronized == file
        case (.synchronizeFolder(let synchronized), .link(let folder, _, _)),
            (.synchronizeFolder(let synchronized), .unlink(let folder, _)),
            (.synchronizeFolder(let synchronized), .rename(let folder, _, _, _)):
            synchronized == folder
        default: false
        }
    }

    /// Paths of files with their content and of folders with `nil`, a folder before what is in it.
    private static func list(
        _ nodes: [Node],
        _ number: Int,
        _ path: String,
        _ files: inout [String: [UInt8]?]
    ) {
        switch nodes[number] {
        case .file(let bytes): files[path] = .some(bytes)
        case .folder(let names):
            files[path] = .some(nil)
            for (name, next) in names { list(nodes, next, "\(path)/\(name)", &files) }
        }
    }
}

/// Makes the files of a state below a folder that does not exist.
func materialize(_ files: [String: [UInt8]?], at folder: String) throws {
    for (path, content) in files.sorted(by: { $0.key < $1.key }) {
        if let content {
            try DurableFile.create(content, at: folder + path)
        } else {
            try Directory.make(folder + path)
        }
    }
}
