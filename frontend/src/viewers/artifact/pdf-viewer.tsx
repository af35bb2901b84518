/** A PDF, shown by the browser if it can. */
import { useEffect, useMemo } from "react";

import { api } from "@/api/client";
import type { Artifact } from "@/api/types";
import { Failed, Loading } from "@/components/states";

const CAN_SHOW = "pdfViewerEnabled" in navigator && navigator.pdfViewerEnabled;

export function PdfViewer({ artifact }: { artifact: Artifact }) {
  const { data, error, isPending, refetch } = api.useQuery(
    "get",
    "/artifact/{id}/view",
    { params: { path: { id: artifact.id } }, parseAs: "blob" },
    { staleTime: Infinity, enabled: CAN_SHOW },
  );
  if (!CAN_SHOW) return <p>This browser shows no PDF files in pages. Download it to read it.</p>;
  if (isPending) return <Loading what="the PDF" />;
  if (error) return <Failed error={error} what="this PDF" onRetry={() => void refetch()} />;
  return <PdfFrame content={data} title={artifact.filename} />;
}

/** The server shows artifacts in a sandbox, in which browsers show no PDF; a copy of the bytes is in none. */
function PdfFrame({ content, title }: { content: Blob; title: string }) {
  const url = useMemo(() => URL.createObjectURL(new Blob([content], { type: "application/pdf" })), [content]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return <iframe className="artifact-frame" src={url} title={title} />;
}
