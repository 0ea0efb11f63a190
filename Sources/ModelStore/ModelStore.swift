import JSONText
public import ModelDescription
import SystemIntegration

/// The models of one task on this device: their files, the pointers to them, and what happened.
///
/// ```
/// ROOT/TASK/models/<digest>/model.affect
/// ROOT/TASK/models/<digest>/model.affect.minisig
/// ROOT/TASK/record.json      pointers, phase, probation, floors, quarantine
/// ROOT/TASK/history.jsonl    what happened, the newest last
/// ROOT/TASK/ballast          room that is given up when the disk is full
/// ```
///
/// A model is complete on disk before the record names it, and the record is replaced in one step. So
/// whenever the power goes, the record before or the one after is in force, and what it points to is
/// whole.
public final class ModelStore {
    /// Models in the store beside the active and the previous one at most.
    static let spareCount = 2
    static let fileName = "model.affect"
    /// Bytes of the ballast: a record, its temporary copy, and what a file system adds.
    private static let ballastSize = 32 << 10

    /// What the models of this store are for.
    public let task: ModelManifest.Task
    /// What is wrong with the store, in words.
    public var trouble: [String] {
        [recordTrouble, cleaningTrouble, historyTrouble].compactMap { $0 }
    }
    /// Pointers and what goes with them.
    public internal(set) var record = StoreRecord()

    private let root: String
    let folder: String
    private var foldersAreSafe = false
    /// The staged model, which no cleaning removes.
    var staged: String?
    private let history: History
    private var recordTrouble: String?
    private var cleaningTrouble: String?
    private var historyTrouble: String?

    /// Reads the record and removes what an interrupted installation has left.
    ///
    /// Works with what it finds, also on a disk that cannot be written; `trouble` tells.
    ///
    /// - Parameter root: the folder of the state of the daemon, such as `/var/lib/affectd`.
    public init(root: String, task: ModelManifest.Task) {
        self.task = task
        self.root = root
        folder = "\(root)/\(task.rawValue)"
        history = History(path: "\(folder)/history.jsonl")
        readRecord()
        clean()
    }

    var modelsFolder: String { "\(folder)/models" }
    private var recordPath: String { "\(folder)/record.json" }
    private var ballastPath: String { "\(folder)/ballast" }

    func folder(of digest: String) -> String { "\(modelsFolder)/\(digest)" }

    /// Where the file of an installed model is.
    public func path(of digest: String) -> String { "\(folder(of: digest))/\(Self.fileName)" }

    /// What happened, oldest first.
    public var entries: [HistoryEntry] { history.entries }

    /// Writes into the history; that this fails is trouble and no failure of what happened.
    public func note(_ entry: HistoryEntry) {
        do throws(SystemIntegrationError) {
            try makeFolders()
            try history.add(entry)
            historyTrouble = nil
        } catch {
            historyTrouble = "the history of the models cannot be written: \(error)"
        }
    }

    func note(
        _ change: HistoryEntry.Change,
        _ model: StoreRecord.Installed?,
        at time: UInt64,
        reason: String
    ) {
        note(
            HistoryEntry(
                change,
                at: time,
                digest: model?.digest,
                subject: model.map { "\($0.name) release \($0.release)" }
                    ?? "the packaged model",
                reason: reason
            )
        )
    }

    /// Replaces the record, or leaves the old one in force.
    ///
    /// - Throws: `storage`.
    func replaceRecord(_ new: StoreRecord) throws(ModelRejection) {
        do throws(SystemIntegrationError) {
            try makeFolders()
            if recordTrouble != nil {
                try DurableFile.rename(recordPath, to: "\(recordPath).damaged")
                recordTrouble = nil
            }
            do throws(SystemIntegrationError) {
                try DurableFile.write(new.bytes, to: recordPath)
            } catch {
                // A model must be taken back on a full disk, too; what is thrown off here stays free,
                // because each record takes the place of the one before.
                guard error.isDiskFull else { throw error }
                try Directory.remove(ballastPath)
                try DurableFile.write(new.bytes, to: recordPath)
            }
            record = new
        } catch {
            // What is in force now is what the disk says.
            readRecord()
            throw .storage(error)
        }
    }

    private func readRecord() {
        record = StoreRecord()
        recordTrouble = nil
        do {
            record = try StoreRecord(
                reading: FileDescriptor.contents(ofRegularFile: recordPath, limit: 1 << 20)
            )
        } catch SystemIntegrationError.call(_, _, let errorNumber)
            where SystemIntegrationError.isAbsent(errorNumber)
        {
            return
        } catch {
            recordTrouble =
                "\(recordPath) is damaged, so that no installed model counts: \(error);"
                + " install the model again"
        }
    }

    /// Makes the folders, and makes sure once that they survive a loss of power: the run before may
    /// have made them and ended before it could.
    func makeFolders() throws(SystemIntegrationError) {
        guard !foldersAreSafe else { return }
        for (path, parent) in [(folder, root), (modelsFolder, folder)] {
            try Directory.make(path)
            try Directory.synchronize(parent)
        }
        foldersAreSafe = true
        keepBallast()
    }

    /// Keeps some room on the disk, as far as there is any.
    private func keepBallast() {
        guard (try? FileStatus(of: ballastPath))?.size != Self.ballastSize else { return }
        // A file system that compresses would make nothing of zeros.
        let bytes = (0..<Self.ballastSize).map { _ in UInt8.random(in: 0...255) }
        do throws(SystemIntegrationError) {
            try Directory.remove(ballastPath)
            try DurableFile.create(bytes, at: ballastPath)
        } catch {
            Directory.removeFile(ballastPath)
        }
    }

    /// Removes all files that the record does not know.
    ///
    /// With a damaged record nothing is known, and everything stays.
    func clean() {
        guard recordTrouble == nil else { return }
        cleaningTrouble = nil
        let known = record.models.map(\.digest) + [staged].compactMap { $0 }
        var left = Directory.names(in: modelsFolder).filter { !known.contains($0) }
            .map { "\(modelsFolder)/\($0)" }
        left += Directory.names(in: folder).filter { $0.hasSuffix(".new") }
            .map { "\(folder)/\($0)" }
        for path in left {
            do throws(SystemIntegrationError) {
                try Self.removeAll(path)
            } catch {
                cleaningTrouble = "what is left of an installation cannot be removed: \(error)"
            }
        }
    }

    /// Removes a file, or a folder with the files in it, if it is there.
    static func removeAll(_ path: String) throws(SystemIntegrationError) {
        for name in Directory.names(in: path) { try Directory.remove("\(path)/\(name)") }
        try Directory.remove(path)
    }
}
