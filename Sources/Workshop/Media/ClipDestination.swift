import Foundation
import Rendering

/// Where a finished clip goes.
public enum ClipDestination: Hashable, Sendable {
  /// A file. It appears when the clip is complete. If something else has the name by then it is replaced,
  /// or, without `replacing`, left alone: the clip becomes NAME-2.
  case file(String, replacing: Bool)
  /// A fragmented MP4 through an open descriptor, as frames come. Scratch files, and frames that could not be
  /// encoded, lie beside `keepingBeside`, a path that is never written itself.
  case pipe(descriptor: Int32, keepingBeside: String)

  /// The path that gives scratch files their folder and name.
  var anchor: String {
    switch self {
    case .file(let path, _): path
    case .pipe(_, let path): path
    }
  }

  /// With the place where the clip will lie as the kernel finds it: through links, and past `..`, which leads out of where a
  /// link leads. What cannot be followed stays as it is; ``check(needing:)`` says why.
  var resolved: ClipDestination {
    guard case .file(let path, let replacing) = self else { return self }
    return .file(Self.real(path, followsLast: replacing), replacing: replacing)
  }

  /// - Parameter followsLast: through a link to a file the file is replaced, not the link.
  private static func real(_ path: String, followsLast: Bool) -> String {
    if followsLast, isLink(path), let target = realPath(path) { return target }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, !name.isEmpty, name != ".", name != ".." else { return path }
    return realPath(folder(of: path)).map { $0 == "/" ? "/\(name)" : "\($0)/\(name)" } ?? path
  }

  private static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { Foundation.free(real) }
    return String(validatingCString: real)
  }

  /// Checks, without writing, that a clip can appear here.
  /// - Parameter bytes: the disk space that will be needed at most.
  /// - Throws: ``RenderError``: `inputOutput` for the path, `noSpace` for the disk.
  public func check(needing bytes: Int) throws {
    let folder = Self.folder(of: anchor)
    if case .file(let path, _) = self { try Self.checkFile(path) }
    try Self.checkFolder(folder)
    try Self.checkSpace(in: folder, needing: bytes)
  }

  /// As it is written: Foundation would take a name and the `..` behind it for nothing, whether there is such a folder or not.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func checkFolder(_ folder: String) throws {
    var status = stat()
    if stat(folder, &status) != 0 && errno != ENOTDIR {
      let failure = FileFailure("looking into", folder)
      guard failure.errnum == ENOENT else { throw failure.renderError }
      throw RenderError(
        .inputOutput, "the output folder \(folder) does not exist", remedy: "make it with mkdir -p, or use another")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw RenderError(
        .inputOutput, "\(folder) is not a folder, so no clip can be put in it", remedy: "choose another with -o")
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      let reason = String(cString: strerror(errno))
      throw RenderError(
        .inputOutput, "the output folder \(folder) is not writable: \(reason)", remedy: "choose another with -o")
    }
  }

  private static func checkFile(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno != ENAMETOOLONG else {
        throw RenderError(
          .inputOutput,
          "the output's name has \(path.utf8.count) bytes, more than its file system takes: "
            + "\(path.prefix(40))…", remedy: "give -o a shorter one; most take \(longestName)")
      }
      guard path.isEmpty || path.hasSuffix("/") else { return }
      throw RenderError(.inputOutput, "the output \"\(path)\" has no file name", remedy: "name it, as in clip.mp4")
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR:
      throw RenderError(
        .inputOutput, "the output \(path) is a folder", remedy: "name a file in it, as in \(path)/clip.mp4")
    default:
      throw RenderError(
        .inputOutput, "the output \(path) is neither a file nor free: it would be replaced",
        remedy: "use -o - and redirect standard output to it")
    }
  }

  private static func checkSpace(in folder: String, needing bytes: Int) throws {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { throw FileFailure("measuring", folder).renderError }
    // File systems of the kernel's own count no blocks; whether they take files shows when one is made.
    guard status.f_blocks > 0 else { return }
    let (free, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    guard !overflow, free < UInt64(max(bytes, 0)) else { return }
    throw RenderError(
      .noSpace, "the render needs up to \(size(bytes)) in \(folder), which has \(size(Int(clamping: free)))",
      remedy: "free some space, choose another folder with -o, or make the clip smaller")
  }

  static func size(_ bytes: Int) -> String {
    bytes < 1_000_000 ? "\(bytes / 1000) kB" : "\(bytes / 1_000_000) MB"
  }
}

extension ClipDestination {
  /// Puts the finished file at `part` in its place, in one step.
  /// - Returns: the path that it has now.
  static func place(_ part: String, at path: String, replacing: Bool) throws -> String {
    if replacing {
      guard rename(part, path) == 0 else { throw FileFailure("naming", path).renderError }
      return path
    }
    for number in 1... {
      let candidate = numbered(path, number)
      // Unlike rename, link never replaces.
      if link(part, candidate) == 0 {
        unlink(part)
        return candidate
      }
      if errno == EEXIST { continue }
      // A file system without links: look, then rename.
      guard !exists(candidate) else { continue }
      guard rename(part, candidate) == 0 else { throw FileFailure("naming", candidate).renderError }
      return candidate
    }
    return path
  }

  /// `path`, or the first of NAME-2, NAME-3 … that is free now.
  public static func free(_ path: String) -> String {
    var number = 1
    while exists(numbered(path, number)) { number += 1 }
    return numbered(path, number)
  }

  private static func numbered(_ path: String, _ number: Int) -> String {
    guard number > 1 else { return path }
    let url = URL(filePath: path)
    let ending = url.pathExtension
    let suffix = "-\(number)"
    let room = longestName - suffix.utf8.count - (ending.isEmpty ? 0 : ending.utf8.count + 1)
    let name = shortened(url.deletingPathExtension().lastPathComponent, to: room) + suffix
    let numbered = url.deletingLastPathComponent().appending(path: name)
    return (ending.isEmpty ? numbered : numbered.appendingPathExtension(ending)).relativePath
  }

  /// A folder that is free now, named after a clip: its name with this ending.
  static func freeFolder(_ ending: String, beside clip: String) -> String {
    let url = URL(filePath: clip)
    // Room for the number that ``free(_:)`` may add.
    let name = shortened(url.deletingPathExtension().lastPathComponent, to: longestName - ending.utf8.count - 8)
    return free(url.deletingLastPathComponent().appending(path: name + ending).path(percentEncoded: false))
  }

  /// Bytes that a file's name may have on most file systems.
  static let longestName = 255

  /// Without the last letters, so that it has at most so many bytes.
  static func shortened(_ name: String, to bytes: Int) -> String {
    var name = name
    while name.utf8.count > max(bytes, 1) { name.removeLast() }
    return name
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
