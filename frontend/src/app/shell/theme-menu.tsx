/** Light, dark or as the system has it. */
import { MenuToggle, Select, SelectList, SelectOption } from "@patternfly/react-core";
import DesktopIcon from "@patternfly/react-icons/dist/esm/icons/desktop-icon";
import MoonIcon from "@patternfly/react-icons/dist/esm/icons/moon-icon";
import SunIcon from "@patternfly/react-icons/dist/esm/icons/sun-icon";
import { useState } from "react";

import { type Theme, THEMES, useTheme } from "@/components/theme";

const SHOWN = {
  light: { label: "Light", Icon: SunIcon },
  dark: { label: "Dark", Icon: MoonIcon },
  system: { label: "As the system", Icon: DesktopIcon },
};

export function ThemeMenu() {
  const [theme, setTheme] = useTheme();
  const [isOpen, setOpen] = useState(false);
  const { Icon } = SHOWN[theme];
  return (
    <Select
      isOpen={isOpen}
      selected={theme}
      onOpenChange={setOpen}
      onSelect={(_, chosen) => {
        setTheme(chosen as Theme);
        setOpen(false);
      }}
      popperProps={{ position: "end" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          icon={<Icon />}
          aria-label={`Theme: ${SHOWN[theme].label}`}
          isExpanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
      )}
    >
      <SelectList aria-label="Theme">
        {THEMES.map((name) => {
          const { label, Icon: ItsIcon } = SHOWN[name];
          return (
            <SelectOption key={name} value={name} icon={<ItsIcon />} isSelected={name === theme}>
              {label}
            </SelectOption>
          );
        })}
      </SelectList>
    </Select>
  );
}
