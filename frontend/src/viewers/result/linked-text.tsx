/** A text in which web addresses can be followed. */
import { Fragment } from "react";

import { isWebUrl } from "@/components/run-name";

const ADDRESS = /(https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}])/i;

export function LinkedText({ text }: { text: string }) {
  return text.split(ADDRESS).map((part, index) => (
    <Fragment key={index}>
      {isWebUrl(part) ? (
        <a href={part} target="_blank" rel="noreferrer">
          {part}
        </a>
      ) : (
        part
      )}
    </Fragment>
  ));
}
