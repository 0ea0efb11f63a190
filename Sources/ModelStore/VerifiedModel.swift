public import ModelDescription
public import ModelFile
public import ModelTrust
import SystemIntegration

/// A model whose length, signature, digest and structure have been checked, in this order.
///
/// The file is read once; what was checked is what `bytes` holds, whatever happens to the file later.
public struct VerifiedModel: Sendable {
    /// What follows the name of a model in the name of its signature.
    public static let signatureSuffix = ".minisig"
    /// Bytes of a model file at most, as the format says.
    public static let sizeLimit = 8 << 20
    /// Bytes of a signature at most; comments are a few hundred bytes.
    static let signatureSizeLimit = 16 << 10

    /// Where it was read.
    public let path: String
    /// The model.
    public let model: Model
    /// SHA-256 of the file.
    public let digest: ModelDigest
    /// Why it is trusted.
    public let trust: ModelTrustSource
    /// The file.
    let bytes: [UInt8]
    /// The file of the signature, if it is trusted for one.
    let signatureBytes: [UInt8]?

    /// Reads a model and, unless it is trusted by its place, the signature beside it.
    ///
    /// - Parameter expectedDigest: 64 hexadecimal digits, where the digest is known beforehand.
    /// - Throws: `unreadable`, `tooLarge`, `unsigned`, `untrusted`, `digest`, `structure`.
    public init(
        reading path: String,
        policy: TrustPolicy,
        expectedDigest: String? = nil
    ) throws(ModelRejection) {
        let bytes = try Self.read(path, limit: Self.sizeLimit)
        (trust, signatureBytes) = try Self.trust(bytes, path, policy)
        digest = ModelDigest(of: bytes)
        if let expectedDigest, expectedDigest != digest.hexadecimal {
            throw .digest(expected: expectedDigest, found: digest.hexadecimal)
        }
        do throws(ModelFileError) {
            model = try Model(reading: bytes)
        } catch {
            throw .structure(path: path, error)
        }
        self.path = path
        self.bytes = bytes
    }

    /// What the model says about itself.
    public var manifest: ModelManifest { model.manifest }

    private static func trust(
        _ bytes: [UInt8],
        _ path: String,
        _ policy: TrustPolicy
    ) throws(ModelRejection) -> (ModelTrustSource, signature: [UInt8]?) {
        guard let place = policy.objection(toPlaceOf: path) else { return (.place, nil) }
        let signaturePath = path + signatureSuffix
        let signatureBytes: [UInt8]
        do throws(ModelRejection) {
            signatureBytes = try read(signaturePath, limit: signatureSizeLimit)
        } catch .unreadable(_, .call(_, _, let errorNumber))
            where SystemIntegrationError.isAbsent(errorNumber)
        {
            guard policy.allowUnsigned else { throw .unsigned(path: path, place: place) }
            return (.unsigned, nil)
        }
        do throws(ModelTrustError) {
            let text = String(decoding: signatureBytes, as: UTF8.self)
            let signature = try Signature(reading: text)
            let key = try policy.keyring.verify(bytes, with: signature)
            return (.signature(key: key, comment: signature.trustedComment), signatureBytes)
        } catch {
            throw .untrusted(path: path, error)
        }
    }

    private static func read(_ path: String, limit: Int) throws(ModelRejection) -> [UInt8] {
        do throws(SystemIntegrationError) {
            return try FileDescriptor.contents(ofRegularFile: path, limit: limit)
        } catch {
            if error.isFileTooLarge { throw .tooLarge(path: path, limit: limit) }
            throw .unreadable(path: path, error)
        }
    }
}

extension VerifiedModel {
    /// The ending of a model file's name.
    static let suffix = ".affect"

    /// The files in the folder of the packages that are called models.
    public static func packagedPaths(policy: TrustPolicy) -> [String] {
        Directory.names(in: policy.packagedFolder).filter { $0.hasSuffix(suffix) }
            .map { "\(policy.packagedFolder)/\($0)" }
    }

    /// The int8 models of the packages for a task, in the order of their names, and why others are
    /// left out.
    public static func packaged(
        _ task: ModelManifest.Task,
        policy: TrustPolicy
    ) -> (models: [VerifiedModel], rejected: [ModelRejection]) {
        var models: [VerifiedModel] = []
        var rejected: [ModelRejection] = []
        for path in packagedPaths(policy: policy) {
            do throws(ModelRejection) {
                let model = try VerifiedModel(reading: path, policy: policy)
                // Full-precision models may lie beside, for tools.
                guard model.manifest.task == task, model.manifest.precision == .int8 else {
                    continue
                }
                models.append(model)
            } catch {
                rejected.append(error)
            }
        }
        return (models, rejected)
    }
}
