import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";

import { SearchBox } from "./search-box";

const searched = vi.fn<(text: string) => void>();

/** An address that follows only after a while. */
function SlowPage() {
  const [value, setValue] = useState("");
  const search = (text: string) => {
    searched(text);
    setTimeout(() => act(() => setValue(text)), 100);
  };
  return (
    <>
      <SearchBox label="Find" value={value} onSearch={search} />
      <output>{value}</output>
      <button onClick={() => setValue("other")}>Elsewhere</button>
    </>
  );
}

test("no letter is lost while the page follows what was typed", async () => {
  render(<SlowPage />);
  const user = userEvent.setup();
  const box = screen.getByRole("textbox", { name: "Find" });
  await user.type(box, "pay");
  await waitFor(() => expect(searched).toHaveBeenCalledWith("pay"));
  expect(box).toHaveValue("pay");
  await user.type(box, "m");
  await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent(/^pay$/));
  expect(box).toHaveValue("paym");
  await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent("paym"));
  expect(box).toHaveValue("paym");
});

test("what the page is narrowed to by something else is shown", async () => {
  render(<SlowPage />);
  const user = userEvent.setup();
  const box = screen.getByRole("textbox", { name: "Find" });
  await user.type(box, "pay");
  await waitFor(() => expect(screen.getByRole("status")).toHaveTextContent("pay"));
  await user.click(screen.getByRole("button", { name: "Elsewhere" }));
  expect(box).toHaveValue("other");
});

test("whoever leaves before the pause has searched for nothing", async () => {
  const onSearch = vi.fn();
  const { unmount } = render(<SearchBox label="Find" value="" onSearch={onSearch} />);
  await userEvent.type(screen.getByRole("textbox", { name: "Find" }), "pay");
  unmount();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(onSearch).not.toHaveBeenCalled();
});
