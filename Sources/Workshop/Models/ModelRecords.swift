import Foundation

/// What Moviola remembers of the files of models: as they were when they were verified or first used.
struct ModelRecords: Codable, Hashable, Sendable {
  /// What its bytes are, to compare with later.
  struct File: Codable, Hashable, Sendable {
    /// `Fingerprint` of the file by itself.
    var sample: String
    /// Of all of it, once it was verified, and the size and date that it had then.
    var sha256: String?
    var stamp: FileStamp?
    /// When this was written down.
    var noted: Date
  }

  struct Model: Codable, Hashable, Sendable {
    /// Path without links → size and date then.
    var files: [String: FileStamp]
    var noted: Date
    var isVerified = false
    /// Why it is damaged, if it was found to be.
    var problem: String?
  }

  var version = 1
  /// By path without links.
  var files: [String: File] = [:]
  /// By ``ModelLocation/key``.
  var models: [String: Model] = [:]

  /// What is known without reading anything but sizes and dates.
  func health(of location: ModelLocation) -> ModelHealth {
    guard let model = models[location.key] else { return .unverified }
    let changed = model.files.filter { path, stamp in FileStamp(path) != stamp }.keys.min()
    if let problem = model.problem {
      // What was damaged then may have been fetched again since.
      return changed == nil && !model.files.isEmpty ? .damaged(problem) : .unverified
    }
    if let changed { return .changed(file: changed, since: model.noted) }
    return model.isVerified ? .sound(model.noted) : .unverified
  }
}
