/** A chart that can also be read as a table; what draws it is loaded when it is first shown. */
import { Skeleton } from "@patternfly/react-core";
import { lazy, Suspense } from "react";

import "./chart.css";
import type { DrawingProps } from "./chart-drawing";

export type { ChartOption } from "./chart-drawing";

const Drawing = lazy(() => import("./chart-drawing"));

export type ChartProps = DrawingProps & {
  /** What is drawn, in rows: for those who do not see it, or want the numbers. */
  table?: { head: readonly string[]; rows: readonly (readonly (string | number)[])[] };
  /** A CSS height. */
  height?: string;
};

export function Chart({ table, height = "12rem", ...drawing }: ChartProps) {
  return (
    <div>
      <div style={{ height }}>
        <Suspense fallback={<Skeleton height={height} screenreaderText={`Loading ${drawing.label}`} />}>
          <Drawing {...drawing} />
        </Suspense>
      </div>
      {table && (
        <details className="chart-table">
          <summary>{drawing.label} as a table</summary>
          <div>
            <table>
              <thead>
                <tr>
                  {table.head.map((text) => (
                    <th key={text} scope="col">
                      {text}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map((row, index) => (
                  <tr key={index}>
                    {row.map((cell, column) => (
                      <td key={column}>{cell}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </div>
  );
}
