poetry lock --directory secondary || poetry lock --directory default
