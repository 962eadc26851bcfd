// A value that changes, for components and for what is no component.
const React = globalThis.React;

export const changing = (value) => {
  const listeners = new Set();
  const subscribe = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const get = () => value;
  return {
    get,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    /** The value in a component, which is drawn again when it changes. */
    use: () => React.useSyncExternalStore(subscribe, get),
  };
};
