/** The help pages. */

export interface HelpPage {
  title: string;
  html: string;
}

export interface HelpTopic {
  slug: string;
  title: string;
}
