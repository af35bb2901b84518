/** The ways to send results, one tab for each; the address says which. */
import { Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { useSearchParams } from "react-router";

import { Snippet } from "@/components/snippet";

import { type Target, type Way, waysTo } from "./ways";

export function Ways({ target }: { target: Target }) {
  const [parameters, setParameters] = useSearchParams();
  const ways = waysTo(target);
  const shown = ways.find(({ id }) => id === parameters.get("way")) ?? ways[0];
  return (
    <Tabs
      activeKey={shown?.id}
      aria-label="Ways to send results"
      onSelect={(_, id) => setParameters({ way: String(id) }, { replace: true })}
      mountOnEnter
      unmountOnExit
    >
      {ways.map((way) => (
        <Tab key={way.id} eventKey={way.id} title={<TabTitleText>{way.title}</TabTitleText>}>
          <Steps way={way} />
        </Tab>
      ))}
    </Tabs>
  );
}

function Steps({ way }: { way: Way }) {
  return (
    <div className="start-way">
      <p>{way.about}</p>
      {way.steps.map(({ text, label }) => (
        <Snippet key={label} text={text} label={label} />
      ))}
    </div>
  );
}
