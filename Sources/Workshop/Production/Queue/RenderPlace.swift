public import Foundation
public import Rendering

/// Where the clips of the queue go: `renders/2026-11/39-a-yellow-star.mp4`.
public struct RenderPlace: Sendable {
  let renders: URL
  let timeZone: TimeZone

  public init(_ renders: URL, timeZone: TimeZone = .current) {
    self.renders = renders
    self.timeZone = timeZone
  }

  /// By the month in which the job was asked for. The number keeps names apart, the words are for people.
  public func clip(of job: Job) -> URL {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    let day = calendar.dateComponents([.year, .month], from: job.createdAt)
    let month = String(format: "%04d-%02d", day.year ?? 0, day.month ?? 0)
    let slug = PromptSlug.make(job.recipe.prompt, longest: 40)
    return renders.appending(path: month).appending(path: slug.isEmpty ? "\(job.id).mp4" : "\(job.id)-\(slug).mp4")
  }

  /// Makes the month's folder.
  func prepare(_ clip: URL) throws(RenderError) {
    let folder = clip.deletingLastPathComponent()
    if let file = Self.file(above: folder) {
      throw RenderError(
        .inputOutput, "the folder \(folder.path(percentEncoded: false)) cannot be made: \(file) is a file",
        remedy: "move that file away, or set MOVIOLA_HOME to another place")
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      let reason = cause.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription
      throw RenderError(
        .inputOutput, "the folder \(folder.path(percentEncoded: false)) cannot be made: \(reason)",
        remedy: "make it writable, or set MOVIOLA_HOME to another place")
    }
  }

  /// What stands where a folder should be, of a folder and those above it.
  private static func file(above folder: URL) -> String? {
    var place = folder.standardizedFileURL
    while place.path != "/", !place.path.isEmpty {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) {
        return isFolder.boolValue ? nil : place.path
      }
      place.deleteLastPathComponent()
    }
    return nil
  }

  /// Removes what a killed program left of a job's clip. The job's number keeps other files safe.
  func removeLeftovers(of job: Job) {
    let clip = clip(of: job)
    let folder = clip.deletingLastPathComponent()
    let beginning = ".\(clip.deletingPathExtension().lastPathComponent).part-"
    // No folder, no leftovers; a file that cannot be removed does no harm but to the disk's space.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
    for name in names where name.hasPrefix(beginning) {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  /// Whether a path is one of ours, and so ours to delete.
  func holds(_ path: String) -> Bool {
    let folder = renders.standardizedFileURL.path(percentEncoded: false)
    return URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
      .hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }
}
