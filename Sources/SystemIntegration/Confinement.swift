import CConfinement
import Glibc

/// What a process may use that reads a file which nobody trusts yet.
public struct Confinement: Equatable, Sendable {
    /// Bytes of address space.
    public var addressSpaceBytes: UInt64
    /// Seconds of processor time.
    public var processorSeconds: UInt64
    /// Bytes of a file that it writes.
    public var fileBytes: UInt64

    /// Makes limits; the defaults are those of the check of a model.
    public init(
        addressSpaceBytes: UInt64 = 160 << 20,
        processorSeconds: UInt64 = 20,
        fileBytes: UInt64 = 65_536
    ) {
        self.addressSpaceBytes = addressSpaceBytes
        self.processorSeconds = processorSeconds
        self.fileBytes = fileBytes
    }

    /// Confines the calling process for good to these limits, and its calling thread to no new privileges and,
    /// where the kernel has Landlock, to the files that are open already.
    ///
    /// - Returns: the version of the kernel's Landlock; `nil` where the file system stays open.
    /// - Throws: `SystemIntegrationError.call` when limits or privileges cannot be set.
    public func enter() throws(SystemIntegrationError) -> Int? {
        var limits = limits
        // Sound: the structure outlives the call.
        let error = unsafe affect_confine(&limits)
        guard error == 0 else { throw .call(name: "prlimit", subject: "", errorNumber: error) }
        let version = affect_renounce()
        return version > 0 ? Int(version) : nil
    }

    /// Starts a program that is confined from its first instruction on.
    ///
    /// - Parameter output: where both of its outputs go.
    /// - Throws: `SystemIntegrationError.call` when there is no room for one more process.
    func start(
        _ path: String,
        arguments: [String],
        output: Int32
    ) throws(SystemIntegrationError) -> pid_t {
        var limits = limits
        let words = unsafe ([path] + arguments).map { unsafe strdup($0) }
        // Sound: the words live until the end of this function, the list ends with nil, and the child
        // has a copy of both.
        defer { unsafe words.forEach { unsafe free($0) } }
        let process = unsafe affect_spawn_confined(words + [nil], output, &limits)
        guard process > 0 else {
            throw .call(name: "fork", subject: path, errorNumber: -process)
        }
        return process
    }

    private var limits: affect_limits {
        affect_limits(
            address_space: addressSpaceBytes,
            processor_seconds: processorSeconds,
            file_bytes: fileBytes
        )
    }
}
