import FoundationEssentials
import SystemIntegration

/// Whole files, with errors that name them.
enum Files {
    /// Longer files are refused before they fill the memory.
    static let sizeLimit = 64 << 20

    static func read(_ path: String) throws(ToolError) -> [UInt8] {
        do throws(SystemIntegrationError) {
            let file = try FileDescriptor.open(forReading: path)
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while case .bytes(let count) = try file.read(into: &chunk) {
                bytes.append(contentsOf: chunk[..<count])
                if bytes.count > sizeLimit { break }
            }
            if bytes.count <= sizeLimit { return bytes }
        } catch {
            throw .unreadable(path, error)
        }
        throw .input(path: path, line: nil, reason: "expected at most \(sizeLimit) bytes")
    }

    static func readText(_ path: String) throws(ToolError) -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw .input(path: path, line: nil, reason: "expected text in UTF-8")
        }
        // Spreadsheets put a byte order mark before the text.
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }

    /// Writes a file, or leaves what was there before.
    ///
    /// What is no regular file, such as a link, a pipe or a terminal, is written in place.
    static func write(_ bytes: [UInt8], to path: String) throws(ToolError) {
        let type = attributes(of: path)[.type] as? FileAttributeType
        let isReplaced = type == nil || type == .typeRegular
        do {
            try Data(bytes).write(
                to: URL(filePath: path),
                options: isReplaced ? .atomic : []
            )
        } catch {
            throw .failure(
                "cannot write \(path): check that its folder exists and that there is room"
            )
        }
    }

    /// Whether two paths lead to one file.
    static func isSame(_ first: String, _ second: String) -> Bool {
        guard let left = identity(of: first), let right = identity(of: second) else {
            return false
        }
        return left == right
    }

    /// Numbers of the file system and of the file in it.
    private static func identity(of path: String) -> [Int]? {
        let found = attributes(of: followingLinks(path))
        let numbers = [FileAttributeKey.systemNumber, .systemFileNumber].compactMap {
            (found[$0] as? any BinaryInteger).map { Int(truncatingIfNeeded: $0) }
        }
        return numbers.count == 2 ? numbers : nil
    }

    private static func attributes(of path: String) -> [FileAttributeKey: Any] {
        (try? FileManager.default.attributesOfItem(atPath: path)) ?? [:]
    }

    /// The path behind symbolic links, as many as Linux follows.
    private static func followingLinks(_ path: String) -> String {
        var path = path
        for _ in 0..<40 {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
            else { break }
            let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            path =
                next.hasPrefix("/")
                ? next : (folder + [Substring(next)]).joined(separator: "/")
        }
        return path
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Paths of all files below a folder that end in `.wav`, sorted; nil if it is no folder.
    static func wavFiles(below folder: String) throws(ToolError) -> [String]? {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw .input(path: folder, line: nil, reason: "no such file or folder")
        }
        guard isFolder else { return nil }
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
            throw .input(path: folder, line: nil, reason: "the folder cannot be listed")
        }
        return names.filter { $0.lowercased().hasSuffix(".wav") }.sorted().map {
            "\(folder)/\($0)"
        }
    }

    /// A path of a list: absolute, below the folder of the list, or below the current folder.
    static func resolve(_ path: String, relativeTo list: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = list.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let beside = (folder + [Substring(path)]).joined(separator: "/")
        return exists(beside) ? beside : path
    }
}
