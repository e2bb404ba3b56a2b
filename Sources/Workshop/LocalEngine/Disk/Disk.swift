import Foundation

/// What kind of disk a file or folder lies on, as the kernel tells.
///
///     let disk = Disk(at: "/data/models")
///     disk.title        // "ext4 on a hard disk"
public struct Disk: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case memory, network, hardDisk, solidState, unknown
  }

  public var kind: Kind
  /// As in mount: "ext4", "nfs4"; empty if not known.
  public var fileSystem: String

  /// - Parameter path: need not exist; then the nearest folder above it counts.
  public init(at path: String) { self.init(at: path, root: "") }

  /// - Parameter root: where /proc and /sys are; tests give their own.
  init(at path: String, root: String) {
    let place = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path(percentEncoded: false)
    guard let mount = Mount.holding(place, SystemMemory.text("\(root)/proc/self/mountinfo")) else {
      (kind, fileSystem) = (.unknown, "")
      return
    }
    fileSystem = mount.type
    kind = Self.kind(mount, root)
  }

  private static func kind(_ mount: Mount, _ root: String) -> Kind {
    switch mount.type {
    case "tmpfs", "ramfs", "devtmpfs": return .memory
    case "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "ceph", "glusterfs", "lustre", "afs", "beegfs":
      return .network
    case let type where type.hasPrefix("fuse."): return .network
    default: break
    }
    // Of a partition, the flag is its disk's.
    let device = "\(root)/sys/dev/block/\(mount.device)"
    for flag in ["\(device)/queue/rotational", "\(device)/../queue/rotational"] {
      switch SystemMemory.text(flag).first {
      case "1": return .hardDisk
      case "0": return .solidState
      default: continue
      }
    }
    return .unknown
  }

  public var title: String {
    let name = fileSystem.isEmpty ? "a file system" : fileSystem
    return switch kind {
    case .memory: "\(name), in memory"
    case .network: "\(name), over a network"
    case .hardDisk: "\(name) on a hard disk"
    case .solidState: "\(name) on a solid-state disk"
    case .unknown: name
    }
  }

  /// Bytes that a user may still write in the file system of `path`; nil if that cannot be told.
  public static func freeBytes(at path: String) -> Int? {
    var place = URL(filePath: path).standardizedFileURL
    while !FileManager.default.fileExists(atPath: place.path(percentEncoded: false)), place.path != "/" {
      place = place.deletingLastPathComponent()
    }
    var status = statvfs()
    guard statvfs(place.path(percentEncoded: false), &status) == 0, status.f_blocks > 0 else { return nil }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? nil : Int(clamping: bytes)
  }
}

/// A line of mountinfo: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw".
private struct Mount {
  /// "major:minor"
  var device: String
  var point: String
  var type: String

  init?(_ line: Substring) {
    let parts = line.split(separator: " ")
    guard let dash = parts.firstIndex(of: "-"), dash + 1 < parts.count, parts.count > 4 else { return nil }
    (device, point, type) = (String(parts[2]), Self.unescaped(parts[4]), String(parts[dash + 1]))
  }

  /// Spaces are written \040.
  private static func unescaped(_ text: Substring) -> String {
    String(text).replacing("\\040", with: " ").replacing("\\011", with: "\t").replacing("\\134", with: "\\")
  }

  /// The deepest mount that the path lies in; of several at a place the last hides the others.
  static func holding(_ path: String, _ table: String) -> Mount? {
    let mounts = table.split(separator: "\n").compactMap { Mount($0) }
    return mounts.filter { $0.holds(path) }.reduce(nil) { best, mount in
      guard let best, best.point.count > mount.point.count else { return mount }
      return best
    }
  }

  private func holds(_ path: String) -> Bool {
    point == "/" || path == point || path.hasPrefix(point.hasSuffix("/") ? point : point + "/")
  }
}
