// A straight line through points, by least squares.

export interface Point {
  x: number;
  y: number;
}

export interface Line {
  /** y per x. */
  slope: number;
  /** Standard error of the slope: what scatter alone makes of it. */
  error: number;
}

/** NaN of fewer than three points. */
export function fitLine(points: Point[]): Line {
  const count = points.length;
  if (count < 3) return { slope: NaN, error: NaN };
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const rest = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (count - 2) / spread) };
}
