import Foundation

/// Size and date of a file, by which a change is noticed without reading it.
struct FileStamp: Codable, Hashable, Sendable {
  var bytes: Int
  /// Nanoseconds since 1970; only compared.
  var modified: Int

  /// nil if there is no such file; links are followed.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    bytes = Int(status.st_size)
    modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
  }

  /// The path without links, by which a file is known whatever leads to it.
  static func realPath(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }
}
