/** Times and durations as people say them. */
import { useEffect, useState } from "react";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "long" });
const BYTE_UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
const MINUTE = 60_000;

/** Such as "3 hours ago"; the exact time, with its zone, is in the tooltip. */
export function Ago({ time }: { time: string }) {
  const now = useNow(MINUTE);
  return (
    <time dateTime={time} title={formatTime(time)}>
      {formatAgo(time, now)}
    </time>
  );
}

export function formatAgo(time: string, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? relative.format(Math.trunc(seconds / unit[1]), unit[0]) : "just now";
}

export function formatTime(time: string): string {
  return absolute.format(new Date(time));
}

/** Seconds as "1 h 2 min", "3 min 4 s", "1.2 s" or "12 ms"; a dash where there are none. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds == null) return "–";
  if (seconds > 0 && seconds < 0.0005) return "< 1 ms";
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const tenths = Math.round(seconds * 10);
  if (tenths < 600) return `${tenths / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return joined(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(seconds / 60);
  return joined(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

export function formatBytes(bytes: number): string {
  const exponent = BYTE_UNITS.findIndex((_, index) => bytes / 1024 ** index < (index ? 1023.95 : 1024));
  const value = bytes / 1024 ** exponent;
  return `${exponent ? Number(value.toFixed(1)) : value} ${BYTE_UNITS[exponent] ?? ""}`;
}

function joined(many: number, of: string, few: number, ofThose: string): string {
  return few ? `${many} ${of} ${few} ${ofThose}` : `${many} ${of}`;
}

function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
