/// What a verification says while it runs, and in the end.
public enum VerificationEvent: Sendable {
  /// Names and shapes are right; this is what will be read.
  case reading(files: Int, bytes: Int)
  case progress(VerificationProgress)
  case file(FileVerdict)
}

public struct VerificationProgress: Hashable, Sendable {
  public var bytesDone: Int
  public var bytesTotal: Int
  public var filesDone: Int
  public var fileCount: Int

  public init(bytesDone: Int, bytesTotal: Int, filesDone: Int, fileCount: Int) {
    self.bytesDone = bytesDone
    self.bytesTotal = bytesTotal
    self.filesDone = filesDone
    self.fileCount = fileCount
  }
}

/// One file of a model.
public struct FileVerdict: Hashable, Sendable {
  public var path: String
  public var bytes: Int
  /// nil if it could not be read.
  public var sha256: String?
  /// Who says what it should be, and agrees: "SHA256SUMS"; empty if nobody does.
  public var agreesWith: [String]
  /// What is wrong, and what to do, in one sentence.
  public var problem: String?

  public init(path: String, bytes: Int, sha256: String?, agreesWith: [String] = [], problem: String? = nil) {
    self.path = path
    self.bytes = bytes
    self.sha256 = sha256
    self.agreesWith = agreesWith
    self.problem = problem
  }
}

/// What a model turned out to be.
public struct VerificationReport: Hashable, Sendable {
  /// In the order of the model; empty if names or shapes were wrong already.
  public var files: [FileVerdict]
  /// Everything that is wrong, one sentence each.
  public var problems: [String]

  public init(files: [FileVerdict], problems: [String]) {
    self.files = files
    self.problems = problems
  }

  public var isSound: Bool { problems.isEmpty }
}

/// How thorough a verification is.
public struct VerificationOptions: Hashable, Sendable {
  /// Files that are as they were when they were verified last, by size and date, are not read again.
  public var trustsUnchanged = false
  /// What differs from Moviola's own record is taken as the new truth.
  public var acceptsChanges = false

  public init(trustsUnchanged: Bool = false, acceptsChanges: Bool = false) {
    self.trustsUnchanged = trustsUnchanged
    self.acceptsChanges = acceptsChanges
  }
}
