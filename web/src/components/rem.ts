/** The root font size in pixels: it grows on very wide screens, and measured lists have to grow with it. */
export const remPx = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
