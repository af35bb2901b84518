/** Something outside React that works as long as somebody looks at it, and says when it has news. */
export abstract class Store {
  private readonly listeners = new Set<() => void>();
  private version = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  readonly getVersion = (): number => this.version;

  protected abstract start(): void;
  protected abstract stop(): void;

  protected changed(): void {
    this.version += 1;
    this.listeners.forEach((listener) => listener());
  }
}
