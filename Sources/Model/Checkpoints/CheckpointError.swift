import Foundation

/// Why a checkpoint cannot be used: which file, which tensor, what is wrong, and the way out.
///
///     do { _ = try Checkpoint(path: "wan/transformer") } catch { print(error) }
///     // wan/transformer/x.safetensors: truncated: holds 10 bytes and needs 20; fetch the file again
///
/// `description` is always one line: control characters in names from a hostile file are escaped.
public struct CheckpointError: Error, Hashable, Sendable {
  /// What is wrong, with the values that show it.
  public enum Cause: Hashable, Sendable {
    case notFound
    case unreadable(reason: String)
    /// The system has none left of what it takes to open it: memory, or numbers of open files.
    case noResources(reason: String)
    case notARegularFile
    case notWritable(reason: String)
    /// A folder that holds no weights.
    case noWeights
    /// A folder that holds several weights files and no index that says which to take.
    case ambiguousWeights(names: [String])
    /// Several files that could be the same part of a model.
    case ambiguousPart(part: String, names: [String])
    /// Not a model, but one part of it or something else.
    case incompleteModel
    /// A transformer, without the files that make it a model.
    case missingParts(names: [String])
    /// One of two experts, without the other ("low-noise expert").
    case missingExpert(String)
    /// An expert that by its name is the other one.
    case wrongExpert(wanted: String, is: String)
    /// Both experts are the same.
    case twinExperts(other: String)
    case unsupportedFormat(String)
    /// What git keeps in place of a large file that was not fetched.
    case lfsPointer(byteCount: Int)
    /// A pickle that asks for more than plain data.
    case forbiddenPickle(String)
    case transposed(strides: [Int])
    /// A scale without its weight, or of another shape than one number.
    case badScale(String)
    /// A LoRA whose tensors do not fit the model: names that match nothing, or a shape.
    case foreignLoRA(detail: String)
    case empty
    case truncated(byteCount: Int, needed: Int)
    /// The header's length is impossible.
    case badHeaderLength(length: UInt64, byteCount: Int)
    /// The header, an index or a configuration is not what its format says; `detail` says where.
    case malformed(part: String, detail: String)
    case tooLarge(part: String, byteCount: Int, limit: Int)
    case unknownType(String)
    case unsupportedType(String)
    case badShape(String)
    case sizeMismatch(shape: [Int], type: String, byteCount: Int, needed: Int)
    case sizeOverflow(shape: [Int], type: String)
    case reversedOffsets(begin: Int, end: Int)
    case overlap(begin: Int, other: String, otherEnd: Int)
    case hole(begin: Int, expected: Int)
    case trailingBytes(count: Int)
    case duplicate
    case missingShard(name: String, tensorCount: Int)
    case badShardName(String)
    case notInShard
    case missing(others: Int)
    case unexpected(others: Int)
    case wrongShape(found: [Int], expected: [Int], others: Int)
    /// A transformer and a VAE that were not made for each other; `other` is the VAE's file.
    case otherLatents(channels: Int, other: String, otherChannels: Int)
    case notFinite(index: Int)
    /// A matrix whose values are all 0.
    case allZero(shape: [Int])
    case checksumMismatch(ExpectedDigest, found: String)
    case badChecksumLine(number: Int)
  }

  /// The file or folder, as the user named it.
  public var path: String
  /// The tensor, where one is to blame.
  public var tensor: String?
  public var cause: Cause

  public init(_ cause: Cause, path: String, tensor: String? = nil) {
    self.cause = cause
    self.path = path
    self.tensor = tensor
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One line: file, tensor, what is wrong; way out.
  public var description: String {
    let subject = tensor.map { "tensor \($0.printable())\(isWholeClause ? ":" : "") " } ?? ""
    let line = "\(path.printable(limit: 4096)): \(subject)\(what)"
    return remedy.map { "\(line); \($0)" } ?? line
  }

  /// Whether ``what`` has a subject of its own, so that the tensor is not the subject.
  private var isWholeClause: Bool {
    switch cause {
    case .malformed, .tooLarge, .foreignLoRA, .unsupportedFormat, .checksumMismatch: true
    default: false
    }
  }

  /// Whether nothing is wrong with the file: the system had not what opening it takes.
  public var isOfTheSystem: Bool { if case .noResources = cause { true } else { false } }

  /// What is wrong, without file and tensor.
  public var what: String {
    switch cause {
    case .notFound, .unreadable, .noResources, .notARegularFile, .notWritable, .noWeights, .ambiguousWeights,
      .ambiguousPart, .unsupportedFormat, .forbiddenPickle, .lfsPointer:
      fileProblem
    case .incompleteModel, .missingParts, .missingExpert, .wrongExpert, .twinExperts: modelProblem
    case .empty, .truncated, .badHeaderLength, .malformed, .tooLarge: formatProblem
    case .unknownType, .unsupportedType, .badShape, .sizeMismatch, .sizeOverflow, .reversedOffsets, .overlap, .hole,
      .trailingBytes, .duplicate, .transposed, .badScale:
      entryProblem
    default: contentProblem
    }
  }

  private var fileProblem: String {
    switch cause {
    case .notFound: "not found: no such file or folder"
    case .unreadable(let reason), .noResources(let reason): "cannot be read: \(reason)"
    case .notARegularFile: "is not a regular file"
    case .notWritable(let reason): "cannot be written: \(reason)"
    case .noWeights: "this folder holds no weights"
    case .ambiguousWeights(let names):
      "this folder holds \(names.count) weights files and no index: "
        + names.prefix(3).joined(separator: ", ").printable()
    case .ambiguousPart(let part, let names):
      "there are \(names.count) files that could be the \(part): "
        + names.prefix(4).joined(separator: ", ").printable(limit: 400)
    case .unsupportedFormat(let format): format
    case .lfsPointer(let byteCount): "is a Git LFS pointer of \(byteCount) bytes, not the file that it names"
    case .forbiddenPickle(let what):
      "its pickle uses \(what), which is not allowed: pickles can run programs, and this one is refused unread"
    default: ""
    }
  }

  private var modelProblem: String {
    switch cause {
    case .incompleteModel: "is not a whole model: a render needs text encoder, tokenizer, transformer and VAE"
    case .missingParts(let names):
      "is not a whole model: what belongs to it was not found, neither beside it nor in text_encoders, clip or vae: "
        + names.joined(separator: ", ")
    case .missingExpert(let title):
      "the \(title) that belongs to it is missing: no other file has its name with the other of \"high\" and \"low\""
    case .wrongExpert(let wanted, let other): "was given as the \(wanted), but by its name it is the \(other)"
    case .twinExperts(let other):
      "holds the same weights as \(other.printable(limit: 400)): the two experts of a model differ"
    default: ""
    }
  }

  private var formatProblem: String {
    switch cause {
    case .empty: "is empty (0 bytes): not even a header"
    case .truncated(let byteCount, let needed): "truncated: holds \(byteCount) bytes and needs \(needed)"
    case .badHeaderLength(let length, let byteCount):
      "is no safetensors file, or a damaged one: its header says that it is \(length) bytes long, the file has "
        + "\(byteCount), and a header at most \(SafetensorsHeader.maximumByteCount)"
    case .malformed(let part, let detail): "the \(part) is malformed: \(detail)"
    case .tooLarge(let part, let byteCount, let limit):
      "the \(part) is too large: \(byteCount) bytes, the limit is \(limit)"
    default: ""
    }
  }

  private var entryProblem: String {
    switch cause {
    case .unknownType(let name): "has the unknown type (dtype) \(name.printable())"
    case .unsupportedType(let name): "has the type (dtype) \(name.printable()), which is unsupported"
    case .badShape(let detail): "has a bad shape: \(detail)"
    case .sizeMismatch(let shape, let type, let byteCount, let needed):
      "has \(byteCount) bytes by its data offsets, but shape \(shape.brief) of \(type) needs \(needed)"
    case .sizeOverflow(let shape, let type): "has shape \(shape.brief) of \(type), whose size overflows"
    case .reversedOffsets(let begin, let end): "has data offsets that end at \(end) before they begin at \(begin)"
    case .overlap(let begin, let other, let otherEnd):
      "has data offsets that begin at \(begin) and overlap tensor \(other.printable()), which ends at \(otherEnd)"
    case .hole(let begin, let expected):
      "has data offsets that begin at \(begin), but the data before it ends at \(expected)"
    case .trailingBytes(let count): "has \(count) bytes after its last tensor"
    case .duplicate: "occurs twice"
    case .transposed(let strides): "is stored with strides \(strides.brief), not row by row, which is unsupported"
    case .badScale(let detail): detail
    default: ""
    }
  }

  private var contentProblem: String {
    switch cause {
    case .missingShard(let name, let tensorCount):
      "shard \(name.printable()), which holds \(tensorCount) tensors by this index, is missing"
    case .badShardName(let name): "names a shard that is not a plain file name: \(name.printable())"
    case .notInShard: "is missing from this shard, although the index says it is here"
    case .missing(let others): "is missing" + andOthers(others, "missing")
    case .unexpected(let others):
      "does not belong to a model with this configuration: unexpected" + andOthers(others, "unexpected")
    case .wrongShape(let found, let expected, let others):
      "has shape \(found.brief), expected \(expected.brief)" + andOthers(others, "of a wrong shape")
    case .foreignLoRA(let detail): "this LoRA does not fit the model: \(detail)"
    case .otherLatents(let channels, let other, let otherChannels):
      "does not fit \(other.printable(limit: 4096)): the transformer makes latents of \(channels) channels, the VAE reads "
        + "\(otherChannels)"
    case .notFinite(let index): "holds NaN or infinity, not a finite number, at index \(index)"
    case .allZero(let shape): "holds nothing but zeros in its shape \(shape.brief): these weights were never written"
    case .checksumMismatch(let expected, let found):
      "the checksum (\(expected.algorithm.rawValue)) is \(found), but \(expected.source.printable()) says "
        + expected.digest.printable(limit: 64)
    case .badChecksumLine(let number): "line \(number) is not \"<64 hex digits>  <file name>\", as a checksum list has"
    default: ""
    }
  }

  private func andOthers(_ count: Int, _ what: String) -> String {
    count == 0 ? "" : " (and \(count) other\(count == 1 ? "" : "s") \(what))"
  }

  /// What the person can do now.
  public var remedy: String? {
    switch cause {
    case .notFound: "check the path"
    case .unreadable, .notWritable: "check permissions and space"
    case .noResources: "close other programs, or raise what this one may have (ulimit -a shows it)"
    case .notARegularFile: "name a file or a model folder"
    case .noWeights: "name a folder with *.safetensors, a model folder, or a .safetensors, .gguf or .pth file"
    case .ambiguousWeights: "keep one of them, or name the file itself"
    case .ambiguousPart: "name the file itself with --model, or both experts with --high and --low"
    case .missingParts:
      "put them there, or name a folder that holds them with --model and the experts with --high and --low"
    case .missingExpert: "name both with --high and --low"
    case .wrongExpert: "exchange --high and --low"
    case .twinExperts: "name the other expert's file with --low"
    case .incompleteModel: "name a folder that holds all of them, as diffusers, the official repository or ComfyUI do"
    case .unsupportedFormat, .unsupportedType, .unknownType:
      "use safetensors (float32, float16, bfloat16, float8), GGUF, or a PyTorch zip archive"
    case .lfsPointer: "fetch it with git lfs pull"
    case .forbiddenPickle: "do not open it with Python either; fetch the weights from another place, as safetensors"
    case .transposed: "save it again with .contiguous()"
    case .badScale: "use another file of this model"
    case .foreignLoRA: "use a LoRA that was made for this model"
    case .missing, .unexpected, .wrongShape: "check that weights and config.json belong together"
    case .missingShard, .notInShard: "fetch the whole set of shards again"
    case .otherLatents: "TI2V-5B goes with the VAE of Wan 2.2, all other models with that of Wan 2.1"
    case .badChecksumLine: "fetch the list again, or remove it"
    case .malformed("configuration", _): "use the files of one Wan text-to-video model"
    case .malformed("case", _): nil
    default: "the file is damaged: fetch it again"
    }
  }
}

extension CheckpointError {
  /// Any error in a few words: what the system said, where Foundation wraps it.
  public static func reason(_ error: any Error) -> String {
    let wrapped = error as NSError
    if let cause = wrapped.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(cause.code)))
    }
    // Of errors that are not Foundation's, its own words say nothing.
    return wrapped.domain == NSCocoaErrorDomain ? wrapped.localizedDescription : "\(error)"
  }
}

extension String {
  /// This text on one line, harmless on a terminal: control characters and other invisible ones are escaped,
  /// and what exceeds `limit` characters is cut off with an ellipsis.
  public func printable(limit: Int = 120) -> String {
    var result = ""
    var count = 0
    for scalar in unicodeScalars {
      guard count < limit else { return result + "…" }
      result += scalar.isPrintable ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
      count += 1
    }
    return result
  }
}

extension Unicode.Scalar {
  fileprivate var isPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}

extension [Int] {
  /// "[12, 13]", or the first eight sizes of a longer shape.
  var brief: String {
    count <= 8 ? description : "[\(prefix(8).map(String.init).joined(separator: ", ")), …]"
  }
}
