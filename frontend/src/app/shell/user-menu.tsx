/** The account, the documentation of the API, and the way out. */
import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import UserIcon from "@patternfly/react-icons/dist/esm/icons/user-icon";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { client } from "@/api/client";
import { useUser } from "@/api/user";
import { useToasts } from "@/components/toasts";

export function UserMenu() {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const toasts = useToasts();
  const user = useUser().data;
  const signOut = async () => {
    const { error } = await client.POST("/login/logout", {});
    if (error !== undefined) {
      toasts.failed("You are still signed in", error);
      return;
    }
    queryClient.clear();
    await navigate("/login");
  };
  return (
    <Dropdown
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: "end" }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plainText"
          icon={<UserIcon />}
          aria-label={`Account: ${user?.name ?? user?.email ?? ""}`}
          isExpanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <span className="shell-user">{user?.name ?? user?.email}</span>
        </MenuToggle>
      )}
    >
      <DropdownList>
        <DropdownItem onClick={() => void navigate("/profile")} description={user?.email}>
          Profile
        </DropdownItem>
        <DropdownItem onClick={() => void navigate("/profile/tokens")}>API tokens</DropdownItem>
        <DropdownItem to="/api/ui/" target="_blank" rel="noreferrer">
          API documentation
        </DropdownItem>
        <Divider component="li" />
        <DropdownItem onClick={() => void signOut()}>Sign out</DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}
