/** The picture of a kind of artifact. */
import ArchiveIcon from "@patternfly/react-icons/dist/esm/icons/file-archive-icon";
import AudioIcon from "@patternfly/react-icons/dist/esm/icons/file-audio-icon";
import CodeIcon from "@patternfly/react-icons/dist/esm/icons/file-code-icon";
import FileIcon from "@patternfly/react-icons/dist/esm/icons/file-icon";
import ImageIcon from "@patternfly/react-icons/dist/esm/icons/file-image-icon";
import TextIcon from "@patternfly/react-icons/dist/esm/icons/file-alt-icon";
import PdfIcon from "@patternfly/react-icons/dist/esm/icons/file-pdf-icon";
import VideoIcon from "@patternfly/react-icons/dist/esm/icons/file-video-icon";
import RouteIcon from "@patternfly/react-icons/dist/esm/icons/route-icon";
import type { ComponentType } from "react";

import { type Kind, KIND_LABELS } from "./kind";

const ICONS: Record<Kind, ComponentType> = {
  image: ImageIcon,
  video: VideoIcon,
  audio: AudioIcon,
  json: CodeIcon,
  page: CodeIcon,
  pdf: PdfIcon,
  text: TextIcon,
  trace: RouteIcon,
  archive: ArchiveIcon,
  file: FileIcon,
};

export function KindIcon({ kind }: { kind: Kind }) {
  const Icon = ICONS[kind];
  return (
    <span className="artifact-icon" title={KIND_LABELS[kind]}>
      <Icon />
    </span>
  );
}
