/// Every fixed text of the interface by name; ``text`` holds both languages.
///
///     TextKey.render[.zh]   // "渲染"
public enum TextKey: String, Sendable, CaseIterable {
  // Screens
  case compose, history, queue, models, help
  // Compose
  case subject, action, scene, style, camera, negative, settings, readsAs, tokens, freeText
  // Render
  case idle, rendering, loading, encodingText, denoising, decoding, writing, done, failed, cancelled, paused, queued
}
