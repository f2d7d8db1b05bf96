/** A time for people who compare logs: UTC, to the millisecond, `2026-03-14 09:26:53.589Z`. */
export function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('T', ' ')
}

/** A size in bytes as people read it: `312 B`, `20.1 KB`, `3.0 MB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
