import Foundation

/// The cache in which the Hugging Face clients keep what they fetch:
/// `hub/models--<owner>--<name>/snapshots/<revision>/…`, links to `blobs/<digest>`.
struct HuggingFaceCache: Hashable, Sendable {
  /// The folder of all repositories.
  let hub: String

  /// As `huggingface_hub` looks for it.
  init(environment: [String: String]) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let home = value("HOME") ?? NSHomeDirectory()
    let cache = value("XDG_CACHE_HOME") ?? home + "/.cache"
    hub =
      value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE")
      ?? (value("HF_HOME") ?? cache + "/huggingface") + "/hub"
  }

  struct Snapshot: Hashable {
    /// "Wan-AI/Wan2.2-T2V-A14B-Diffusers", with "@" and the revision unless it is the one that `refs/main` names.
    var title: String
    var path: String
  }

  func snapshots() -> [Snapshot] {
    Self.names(in: hub).filter { $0.hasPrefix("models--") }.flatMap { folder -> [Snapshot] in
      let title = String(folder.dropFirst("models--".count)).replacing("--", with: "/")
      let main = try? String(contentsOfFile: "\(hub)/\(folder)/refs/main", encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      let revisions = Self.names(in: "\(hub)/\(folder)/snapshots")
      return revisions.map { revision in
        let isMain = revision == main || revisions.count == 1
        return Snapshot(
          title: isMain ? title : "\(title)@\(revision.prefix(8))", path: "\(hub)/\(folder)/snapshots/\(revision)")
      }
    }
  }

  /// The repository and the name in it of a file in a snapshot of any cache.
  static func repository(of path: String) -> (name: String, file: String)? {
    let parts = path.split(separator: "/").map(String.init)
    guard let place = parts.lastIndex(of: "snapshots"), place > 0, place + 2 < parts.count,
      parts[place - 1].hasPrefix("models--")
    else { return nil }
    let name = String(parts[place - 1].dropFirst("models--".count)).replacing("--", with: "/")
    return (name, parts[(place + 2)...].joined(separator: "/"))
  }

  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}
