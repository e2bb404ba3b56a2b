import Foundation
import Studio

/// Opens a clip with whatever the desktop plays it with; without a desktop it says where the clip is.
enum SystemPlayer {
  static func open(_ path: String, environment: [String: String]) -> Notice {
    guard FileManager.default.fileExists(atPath: path) else {
      return Notice(.bad, "the clip is gone: \(path)", "视频文件已不存在：\(path)")
    }
    let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
    guard hasDisplay, start(path) else {
      return Notice(.plain, "no display here; the clip is \(path)", "此处没有图形界面；视频位于 \(path)")
    }
    return Notice(.good, "opened \(path)", "已打开 \(path)")
  }

  private static func start(_ path: String) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["xdg-open", path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return (try? process.run()) != nil
  }
}
