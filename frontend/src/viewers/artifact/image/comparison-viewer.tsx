/** Expected, actual and difference of one image, in the way that shows best what is wrong. */
import { ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";

import type { Artifact } from "@/api/types";

import type { Comparison } from "../entries";
import { useParameters } from "../use-parameters";
import { Blink } from "./blink";
import "./image.css";
import { ImageViewer } from "./image-viewer";
import { Overlay } from "./overlay";
import { Picture } from "./picture";
import { ZoomFrame } from "./zoom-frame";

const ALONE = { way: "alone", label: "This image", needsBoth: false } as const;
const WAYS = [
  { way: "side", label: "Side by side", needsBoth: false },
  { way: "overlay", label: "Slider", needsBoth: true },
  { way: "difference", label: "Difference", needsBoth: true },
  { way: "blink", label: "Blink", needsBoth: true },
] as const;

export function ComparisonViewer({
  artifact,
  comparison,
  isAlone,
}: {
  artifact: Artifact;
  comparison?: Comparison;
  /** Whether this is about one of the images, which the others help to judge. */
  isAlone: boolean;
}) {
  const [parameters, change] = useParameters();
  const { name = "", expected, actual, diff } = comparison ?? {};
  const hasBoth = expected !== undefined && actual !== undefined;
  const ways = [...(isAlone ? [ALONE] : []), ...WAYS.filter(({ needsBoth }) => hasBoth || !needsBoth)];
  const usual = isAlone ? "alone" : "side";
  const way = ways.find((one) => one.way === parameters.get("compare"))?.way ?? usual;
  return (
    <div className="comparison">
      <ToggleGroup aria-label="How to compare" isCompact>
        {ways.map((one) => (
          <ToggleGroupItem
            key={one.way}
            text={one.label}
            isSelected={one.way === way}
            onChange={() => change({ parameters: { compare: one.way === usual ? undefined : one.way } })}
          />
        ))}
      </ToggleGroup>
      {way === "alone" && <ImageViewer artifact={artifact} />}
      {way === "side" && (
        <div className="comparison-side">
          <Side label="Expected" artifact={expected} />
          <Side label="Actual" artifact={actual} />
          <Side label="Difference" artifact={diff} />
        </div>
      )}
      {way === "overlay" && hasBoth && <Overlay expected={expected} actual={actual} />}
      {way === "blink" && hasBoth && <Blink expected={expected} actual={actual} />}
      {way === "difference" && hasBoth && (
        <ZoomFrame label={`Difference of ${name}`}>
          {(onSize) => (
            <div className="image-stack image-difference">
              <Picture artifact={expected} alt="Expected" onSize={onSize} />
              <Picture
                artifact={actual}
                alt="Actual; what is equal in both is black"
                className="image-upper"
              />
            </div>
          )}
        </ZoomFrame>
      )}
    </div>
  );
}

function Side({ label, artifact }: { label: string; artifact: Artifact | undefined }) {
  if (artifact === undefined) return null;
  return (
    <figure>
      <figcaption>{label}</figcaption>
      <ZoomFrame label={artifact.filename}>
        {(onSize) => <Picture artifact={artifact} alt={`${label}: ${artifact.filename}`} onSize={onSize} />}
      </ZoomFrame>
    </figure>
  );
}
