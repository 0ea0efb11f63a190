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
        do {
            try Data(bytes).write(
                to: URL(filePath: path),
                options: isReplaced(path) ? .atomic : []
            )
        } catch {
            throw .failure(
                "cannot write \(path): check that its folder exists and that there is room"
            )
        }
    }

    /// Whether `write` puts a new file in the place of what is there, if anything.
    static func isReplaced(_ path: String) -> Bool {
        let type = attributes(of: path)[.type] as? FileAttributeType
        return type == nil || type == .typeRegular
    }

    /// What tells one file from all others, whatever its path.
    struct Identity: Hashable {
        /// Numbers of the file system and of the file in it; of the folder, if there is no file.
        let numbers: [Int]
        /// Set where there is no file yet.
        let name: String?
    }

    /// The identity of a file that exists, or could be made in a folder that exists.
    static func identity(of path: String) -> Identity? {
        let target = followingLinks(path)
        if let numbers = numbers(of: target) { return Identity(numbers: numbers, name: nil) }
        let name = target.split(separator: "/").last.map(String.init)
        return numbers(of: folder(of: target)).map { Identity(numbers: $0, name: name) }
    }

    private static func numbers(of path: String) -> [Int]? {
        let found = attributes(of: followingLinks(path))
        let numbers = [FileAttributeKey.systemNumber, .systemFileNumber].compactMap {
            (found[$0] as? any BinaryInteger).map { Int(truncatingIfNeeded: $0) }
        }
        return numbers.count == 2 ? numbers : nil
    }

    /// The folder that a path leads into.
    static func folder(of path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        if parts.isEmpty { return "." }
        return parts == [""] ? "/" : parts.joined(separator: "/")
    }

    private static func attributes(of path: String) -> [FileAttributeKey: Any] {
        (try? FileManager.default.attributesOfItem(atPath: path)) ?? [:]
    }

    /// The path behind symbolic links, as many as Linux follows.
    static func followingLinks(_ path: String) -> String {
        var path = path
        for _ in 0..<40 {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
            else { break }
            path = next.hasPrefix("/") ? next : "\(folder(of: path))/\(next)"
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
        let beside = "\(folder(of: list))/\(path)"
        return exists(beside) ? beside : path
    }
}
